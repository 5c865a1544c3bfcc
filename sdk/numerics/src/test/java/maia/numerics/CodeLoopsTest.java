package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Both forms of the loops of conversions against the exact core: every 16-bit pattern, every
/// midpoint with its neighbours, random patterns; every rounding and overflow rule.
final class CodeLoopsTest {
  private static final int ALL = 1 << 16;
  private static final float[] PATTERNS = patterns();

  static Stream<DType> types() {
    return Arrays.stream(DType.values())
        .filter(type -> type.format().filter(Narrow::covers).isPresent());
  }

  private static List<CodeLoops> loops() {
    CodeLoops plain = new PlainCodeLoops();
    return WarmUp.vectorCodes().map(v -> List.of(plain, v)).orElse(List.of(plain));
  }

  private static float[] patterns() {
    SplittableRandom random = new SplittableRandom(11);
    float[] x = new float[4 * ALL + 5];
    for (int i = 0; i < ALL; i++) {
      x[4 * i] = Half.fromBf16((short) i);
      x[4 * i + 1] = Half.fromF16((short) i);
      x[4 * i + 2] = Float.intBitsToFloat(random.nextInt());
      x[4 * i + 3] = Math.scalb(random.nextFloat() * 2 - 1, random.nextInt(-24, 20));
    }
    return x;
  }

  private static float[] inputs(FloatFormat format) {
    int count = format.bits() > 16 ? 0 : 1 << format.bits();
    float[] x = Arrays.copyOf(PATTERNS, PATTERNS.length + 3 * count);
    for (int code = 0; code < count; code++) {
      float low = Conversion.decode(format, code);
      float high = Conversion.decode(format, code + 1);
      float middle = (float) (((double) low + high) / 2);
      int at = PATTERNS.length + 3 * code;
      x[at] = middle;
      x[at + 1] = Math.nextUp(middle);
      x[at + 2] = Math.nextDown(middle);
    }
    return x;
  }

  @ParameterizedTest
  @MethodSource("types")
  void encode_everyPatternAndRule_givesTheCodesOfTheCore(DType type) {
    FloatFormat format = type.format().orElseThrow();
    float[] x = inputs(format);
    for (Rounding.Fixed rounding : Rounding.Fixed.values()) {
      for (Overflow overflow : Overflow.values()) {
        int[] expected =
            IntStream.range(0, x.length)
                .map(i -> Conversion.encode(format, x[i], rounding, overflow, 0))
                .toArray();
        for (CodeLoops loops : loops()) {
          int[] codes = codes(loops, Narrow.of(format, rounding, overflow), x, format.bits());
          String what = type + " " + rounding + " " + overflow + " " + loops.getClass();
          assertSame(what, x, codes, expected);
        }
      }
    }
  }

  /// From element 1 on, so that vectors straddle what they may.
  private static int[] codes(CodeLoops loops, Narrow narrow, float[] x, int bits) {
    int count = x.length - 1;
    int[] codes = new int[x.length];
    codes[0] = narrow.encode(x[0]);
    if (bits <= 8) {
      byte[] to = new byte[x.length];
      loops.encode(narrow, x, 1, count, to, 1);
      IntStream.range(1, x.length).forEach(i -> codes[i] = to[i] & 0xff);
    } else if (bits <= 16) {
      short[] to = new short[x.length];
      loops.encode(narrow, x, 1, count, to, 1);
      IntStream.range(1, x.length).forEach(i -> codes[i] = to[i] & 0xffff);
    } else {
      Arrays.setAll(codes, i -> narrow.encode(x[i]));
    }
    return codes;
  }

  private static void assertSame(String what, float[] x, int[] actual, int[] expected) {
    int at = Arrays.mismatch(actual, expected);
    if (at >= 0) {
      assertThat(actual[at]).as("%s of %s", what, Float.toHexString(x[at])).isEqualTo(expected[at]);
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void round_everyPattern_givesTheValuesOfTheCore(DType type) {
    FloatFormat format = type.format().orElseThrow();
    float[] x = inputs(format);
    int[] expected = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      int code = Conversion.encode(format, x[i], Rounding.NEAREST_EVEN, Overflow.SATURATE, 0);
      expected[i] = Float.floatToIntBits(Conversion.decode(format, code));
    }
    for (CodeLoops loops : loops()) {
      float[] y = x.clone();
      y[0] = Narrow.of(format).round(y[0]);
      loops.round(Narrow.of(format), y, 1, y.length - 1);
      int[] actual = IntStream.range(0, y.length).map(i -> Float.floatToIntBits(y[i])).toArray();
      assertSame(type + " " + loops.getClass(), x, actual, expected);
    }
  }

  @Test
  void blocks_ofAnySize_equalElementByElement() {
    for (CodeLoops loops : loops()) {
      for (int block : new int[] {1, 5, 16, 32}) {
        float[] x = Arrays.copyOf(PATTERNS, 1 + 7 * block);
        x[1] = Float.NaN;
        int[] largest = new int[7];
        loops.largest(x, 1, block, 7, largest);
        float[] factors = {1, 2, 0.25f, 0x1p-127f, 3, 0x1p127f, 0.1f};
        float[] product = new float[x.length];
        float[] quotient = new float[x.length];
        loops.multiply(x, 1, block, 7, factors, product, 1);
        loops.divide(x, 1, block, 7, factors, quotient, 1);
        for (int b = 0; b < 7; b++) {
          int most = 0;
          for (int i = 1 + b * block; i < 1 + (b + 1) * block; i++) {
            most = Math.max(most, Float.floatToRawIntBits(x[i]) & Integer.MAX_VALUE);
            assertThat(Float.compare(product[i], x[i] * factors[b])).isZero();
            assertThat(Float.compare(quotient[i], x[i] / factors[b])).isZero();
          }
          assertThat(largest[b]).isEqualTo(most);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void encodeBlocks_withFactors_givesTheCodesOfTheProducts(DType type) {
    Narrow narrow = Narrow.of(type.format().orElseThrow());
    float[] factors = {1, 2, 0.25f, 0x1p-127f, 3, 0x1p127f, 0.1f};
    for (CodeLoops loops : loops()) {
      for (int block : new int[] {1, 5, 16, 32}) {
        byte[] codes = new byte[3 + 7 * block];
        loops.encode(narrow, PATTERNS, 2, block, 7, factors, codes, 3);
        for (int i = 0; i < 7 * block; i++) {
          int code = narrow.encode(PATTERNS[2 + i] * factors[i / block]);
          assertThat(codes[3 + i]).isEqualTo((byte) code);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void codec_anyPlaceAndStep_writesTheCodesOfTheCore(DType type) {
    FloatFormat format = type.format().orElseThrow();
    float[] x = Arrays.copyOf(PATTERNS, 3000);
    Codec codec = Codec.of(type);
    for (int first : new int[] {0, 1, 3, 7}) {
      for (int stride : new int[] {1, 3}) {
        MemorySegment memory = Arena.ofAuto().allocate(type.bytes(3L * x.length + 16));
        codec.encode(
            x, 0, x.length, memory, first, stride, Rounding.TOWARD_ZERO, Overflow.SATURATE);
        for (int i = 0; i < x.length; i++) {
          int code = Packed.get(memory, type.bits(), first + (long) i * stride);
          int expected =
              Conversion.encode(format, x[i], Rounding.TOWARD_ZERO, Overflow.SATURATE, 0);
          assertThat(type == DType.TF32 ? code >>> 13 : code).isEqualTo(expected);
        }
      }
    }
  }
}
