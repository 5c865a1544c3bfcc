package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class CodecTest {
  @ParameterizedTest
  @EnumSource(DType.class)
  void encodeAndDecode_anyFirstAndStride_touchOnlyTheirElements(DType type) {
    SplittableRandom random = new SplittableRandom(type.ordinal());
    Codec codec = Codec.of(type);
    for (int trial = 0; trial < 200; trial++) {
      float[] memory = new float[64];
      MemorySegment segment = Arena.ofAuto().allocate(type.bytes(64));
      codec.encode(memory, 0, 64, segment, 0, 1);
      codec.decode(segment, 0, 1, 64, memory, 0);
      int count = random.nextInt(20);
      int stride = random.nextInt(-3, 4);
      int first = stride < 0 ? 63 - random.nextInt(4) : random.nextInt(4);
      float[] x = new float[count + 2];
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextInt(16) * 0.5f;
      }
      codec.encode(x, 2, count, segment, first, stride);
      for (int i = 0; i < count; i++) {
        memory[first + i * stride] = codec.round(x[2 + i]);
      }
      float[] all = new float[64];
      codec.decode(segment, 0, 1, 64, all, 0);
      assertThat(all).as("%d from %d by %d", count, first, stride).isEqualTo(memory);
      float[] some = new float[count + 1];
      codec.decode(segment, first, stride, count, some, 1);
      for (int i = 0; i < count; i++) {
        assertThat(some[1 + i]).isEqualTo(memory[first + i * stride]);
      }
    }
  }

  @Test
  void encode_fp4_putsEvenElementsInTheLowNibble() {
    MemorySegment segment = Arena.ofAuto().allocate(1);
    Codec.of(DType.FP4_E2M1).encode(new float[] {6, -0.5f}, 0, 2, segment, 0, 1);
    assertThat(segment.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 0x97);
  }

  @Test
  void encode_fp6_packsFourInThreeBytes() {
    MemorySegment segment = Arena.ofAuto().allocate(3);
    Codec.of(DType.FP6_E2M3).encode(new float[] {7.5f, 0, -7.5f, 0.125f}, 0, 4, segment, 0, 1);
    int word = 0x1f | 0x3f << 12 | 1 << 18;
    for (int i = 0; i < 3; i++) {
      assertThat(segment.get(ValueLayout.JAVA_BYTE, i)).isEqualTo((byte) (word >> 8 * i));
    }
  }

  @Test
  void encode_tf32_liesInTheUpperBitsOfAWord() {
    MemorySegment segment = Arena.ofAuto().allocate(4);
    Codec.of(DType.TF32).encode(new float[] {1 + 0x1p-10f}, 0, 1, segment, 0, 1);
    assertThat(segment.get(Packed.INT, 0)).isEqualTo(0x3f802000);
  }

  @ParameterizedTest
  @CsvSource({
    "I8, 200, 127",
    "I8, -200.5, -128",
    "I8, 2.5, 2",
    "I8, 3.5, 4",
    "U8, -1, 0",
    "U8, 300, 255",
    "I16, 40000, 32767",
    "I32, 1e12, 2147483647",
    "BOOL, 0.25, 1",
    "BOOL, 0, 0",
    "I8, NaN, 0"
  })
  void encode_intoAnInteger_roundsAndSaturates(DType type, double x, int value) {
    Codec codec = Codec.of(type);
    int code = codec.encode(x, Rounding.NEAREST_EVEN, Overflow.NON_SATURATE);
    assertThat(codec.decode(code)).isEqualTo((float) value);
  }

  @ParameterizedTest
  @CsvSource({"2.5, 3, 2", "-2.5, -3, -2", "0.49999999999999994, 0, 0"})
  void encode_integerTies_followTheMode(double x, int away, int zero) {
    Codec codec = Codec.of(DType.I8);
    int a = codec.encode(x, Rounding.NEAREST_AWAY, Overflow.SATURATE);
    int z = codec.encode(x, Rounding.TOWARD_ZERO, Overflow.SATURATE);
    assertThat((byte) a).isEqualTo((byte) away);
    assertThat((byte) z).isEqualTo((byte) zero);
  }

  @Test
  void encode_oneValueOf64Bits_isRefused() {
    assertThatThrownBy(
            () -> Codec.of(DType.I64).encode(1, Rounding.NEAREST_EVEN, Overflow.SATURATE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("codec of i64: a code of 64 bits does not fit an int; try: the bulk methods");
  }
}
