package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Blocks quantized in memory against the same blocks from arrays, code by code and scale by scale;
/// [BlockConformanceTest] holds the arrays against decimal arithmetic.
final class MemoryBlocksTest {
  private static final int[][] SHAPES = {
    {1, 32}, {3, 96}, {1, 1024}, {7, 1056}, {1, 2048}, {1, 2080}, {1, 4096}, {1, 8224}, {40, 2048}
  };

  @BeforeAll
  static void compiled() throws InterruptedException {
    WarmUp.await();
  }

  static Stream<BlockFormat> formats() {
    return Stream.of(
        BlockFormat.MXFP8_E4M3,
        BlockFormat.MXFP8_E5M2,
        BlockFormat.MXFP6_E2M3,
        BlockFormat.MXFP6_E3M2,
        BlockFormat.MXFP4,
        BlockFormat.MXINT8,
        BlockFormat.NVFP4,
        new BlockFormat("wide", DType.FP8_E5M2, DType.E8M0, 128, false),
        new BlockFormat("wider than a group", DType.FP4_E2M1, DType.E8M0, 4096, false),
        new BlockFormat("wide integers", DType.I8, DType.E8M0, 64, false),
        new BlockFormat("odd", DType.FP8_E4M3, DType.E8M0, 48, false));
  }

  /// Ordinary blocks of many sizes, and among them blocks of zeros, subnormal numbers, the smallest
  /// and largest binades, NaN and infinity.
  private static float[] values(SplittableRandom random, int count) {
    float[] x = new float[count];
    for (int at = 0; at < count; at += 16) {
      int kind = random.nextInt(24);
      float size = Math.scalb(1f, random.nextInt(-20, 20));
      for (int i = at; i < Math.min(at + 16, count); i++) {
        float draw = (float) random.nextDouble(-1, 1);
        x[i] =
            switch (kind) {
              case 0 -> draw < 0 ? -0f : 0f;
              case 1 -> draw * 0x1p-130f;
              case 2 -> draw * 0x1p-125f;
              case 3 -> draw * 0x1.ffp127f;
              case 4 -> Float.intBitsToFloat(random.nextInt());
              case 5 -> draw > 0.8f ? Float.NaN : draw;
              case 6 -> draw > 0.8f ? Float.NEGATIVE_INFINITY : draw;
              case 7 -> Math.round(draw * 8) / 4f * size;
              default -> draw * size;
            };
      }
    }
    return x;
  }

  private static HostArray onHeap(float[] x, long... shape) {
    return HostArray.view(
        DType.F32,
        shape,
        Strided.contiguous(shape),
        0,
        MemorySegment.ofArray(x),
        Optional.empty(),
        1f);
  }

  private static HostArray inMemory(float[] x, int offset, long... shape) {
    MemorySegment memory = Memory.allocate(4L * (x.length + offset));
    MemorySegment.copy(x, 0, memory, Packed.FLOAT, 4L * offset, x.length);
    return HostArray.view(
        DType.F32, shape, Strided.contiguous(shape), offset, memory, Optional.empty(), 1f);
  }

  private static byte[] bytes(Array x) {
    DType type = x.type() instanceof BlockFormat f ? f.element() : (DType) x.type();
    return x.segment().asSlice(0, type.bytes(x.elements())).toArray(ValueLayout.JAVA_BYTE);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void quantize_denseMemory_givesTheCodesOfArrays(BlockFormat format) {
    SplittableRandom random = new SplittableRandom(format.label().hashCode());
    for (ScaleRule rule : ScaleRule.values()) {
      for (int[] shape : SHAPES) {
        int count = rule == ScaleRule.MSE ? Math.min(shape[0], 3) : shape[0];
        float[] x = values(random, count * shape[1]);
        Array memory = inMemory(x, random.nextInt(5), count, shape[1]);
        HostArray actual = BlockCodec.quantize(memory, format, rule);
        HostArray expected = BlockCodec.quantize(onHeap(x, count, shape[1]), format, rule);
        String what = format + " " + rule + " " + Arrays.toString(shape);
        assertThat(actual.tensorScale()).as(what).isEqualTo(expected.tensorScale());
        assertThat(bytes(actual.scales().orElseThrow()))
            .as(what)
            .isEqualTo(bytes(expected.scales().orElseThrow()));
        assertThat(bytes(actual)).as(what).isEqualTo(bytes(expected));
      }
    }
  }

  @Test
  void quantize_otherOrdersAndRoundings_givesTheCodesOfArrays() {
    float[] x = values(new SplittableRandom(5), 4 * 512);
    for (NvOrder order : NvOrder.values()) {
      for (Rounding rounding : Rounding.Fixed.values()) {
        BlockRules rules = BlockRules.OCP.with(order).with(rounding);
        HostArray actual = BlockCodec.quantize(inMemory(x, 1, 4, 512), BlockFormat.NVFP4, rules);
        HostArray expected = BlockCodec.quantize(onHeap(x, 4, 512), BlockFormat.NVFP4, rules);
        assertThat(bytes(actual)).as("%s %s", order, rounding).isEqualTo(bytes(expected));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void dequantize_anyCodesAndScales_givesTheValuesOfTheDefinition(BlockFormat format) {
    SplittableRandom random = new SplittableRandom(17);
    for (int[] shape : SHAPES) {
      HostArray x = HostArray.zeros(format, shape[0], shape[1]);
      x = format.tensorScale() ? x.withTensorScale(0.37f) : x;
      Array scales = x.scales().orElseThrow();
      fill(random, x.segment());
      fill(random, scales.segment());
      HostArray values = BlockCodec.dequantize(x);
      Codec element = Codec.of(format.element());
      int blocks = Math.ceilDiv(shape[1], format.block());
      for (int i = 0; i < values.elements(); i++) {
        float value = element.decode(Packed.get(x.segment(), format.element().bits(), i));
        int block = i / shape[1] * blocks + i % shape[1] / format.block();
        float scale =
            Codec.of(format.scale()).decode(Packed.get(scales.segment(), Byte.SIZE, block));
        float whole = format.element().isInteger() ? value / 64 : value;
        int expected = Float.floatToIntBits(whole * scale * x.tensorScale());
        float actual = values.segment().get(Packed.FLOAT, 4L * i);
        assertThat(Float.floatToIntBits(actual)).as("%s %d", format, i).isEqualTo(expected);
      }
    }
  }

  private static void fill(SplittableRandom random, MemorySegment memory) {
    for (long i = 0; i < memory.byteSize(); i++) {
      memory.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
    }
  }
}
