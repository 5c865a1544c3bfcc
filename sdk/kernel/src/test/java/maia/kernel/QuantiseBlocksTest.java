package maia.kernel;

import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import maia.kernel.library.Dequantise;
import maia.kernel.library.Quantise;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.Array;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.HostArray;
import maia.numerics.ScaleRule;
import org.junit.jupiter.api.Test;

/// Blocks made on the chip have the bits of the host's, in every format and by every rule.
class QuantiseBlocksTest {
  private static final int ROWS = 24;
  private static final int COLUMNS = 70;

  /// Rows of random bits, of one size each, and of what is not ordinary: NaN, infinities, zeros of
  /// both signs, subnormal numbers, exact ties, magnitudes just above a power of two.
  private static HostArray values() {
    SplittableRandom random = new SplittableRandom(5);
    float[] x = new float[ROWS * COLUMNS];
    for (int i = 0; i < x.length; i++) {
      int row = i / COLUMNS;
      double uniform = random.nextDouble() * 2 - 1;
      x[i] =
          switch (row % 6) {
            case 0 -> (float) uniform;
            case 1 -> Float.intBitsToFloat(random.nextInt());
            case 2 -> (float) Math.scalb(uniform, random.nextInt(-149, 128));
            case 3 -> random.nextInt(-127, 128) / 64f;
            case 4 -> Float.intBitsToFloat(random.nextInt(1 << 23));
            default -> random.nextBoolean() ? 0f : -0f;
          };
    }
    x[COLUMNS + 3] = Float.NaN;
    x[COLUMNS + 40] = Float.POSITIVE_INFINITY;
    for (int i = 0; i < 16; i++) {
      float top = Float.intBitsToFloat((120 + i) << 23);
      x[3 * COLUMNS + i] = i % 2 == 0 ? Math.nextUp(top) : top * 1.984375f;
      x[9 * COLUMNS + i] = Math.nextUp(top * 1.984375f);
      x[15 * COLUMNS + i] = top * 1.9921875f;
    }
    Arrays.fill(x, 21 * COLUMNS, 21 * COLUMNS + 8, Float.MAX_VALUE);
    return HostArray.of(x, F32, ROWS, COLUMNS);
  }

  private static byte[] bytes(Array array) {
    return array.segment().toArray(ValueLayout.JAVA_BYTE);
  }

  private static void assertBits(HostArray x, BlockFormat format, ScaleRule rule, Machine machine) {
    HostArray expected = BlockCodec.quantize(x, format, rule);
    HostArray zeros = HostArray.zeros(format, ROWS, COLUMNS);
    HostArray y = format.tensorScale() ? zeros.withTensorScale(expected.tensorScale()) : zeros;
    Quantise.over(ROWS, COLUMNS, format, rule, machine).on(new OnSim(machine)).run(x, y);
    String what = format.label() + " " + rule + " on " + machine.name();
    assertThat(bytes(y.scales().orElseThrow()))
        .as(what)
        .isEqualTo(bytes(expected.scales().orElseThrow()));
    assertThat(bytes(y)).as(what).isEqualTo(bytes(expected));
    HostArray back = HostArray.zeros(F32, ROWS, COLUMNS);
    Dequantise.over(ROWS, COLUMNS, format, machine).on(new OnSim(machine)).run(y, back);
    assertThat(back.toFloats()).as(what).isEqualTo(BlockCodec.dequantize(expected).toFloats());
  }

  @Test
  void everyFormatAndRule_equalsTheHost() {
    HostArray x = values();
    for (ScaleRule rule : ScaleRule.values()) {
      for (BlockFormat format :
          List.of(BlockFormat.MXFP8_E4M3, BlockFormat.MXFP6_E2M3, BlockFormat.MXFP4)) {
        assertBits(x, format, rule, Chip.TOY);
      }
      if (rule != ScaleRule.MSE) {
        assertBits(x, BlockFormat.MXINT8, rule, Chip.TOY);
      }
    }
    assertBits(x, BlockFormat.MXFP8_E5M2, ScaleRule.FLOOR, Chip.MAIA_200);
    assertBits(x, BlockFormat.MXINT8, ScaleRule.FLOOR, Chip.MAIA_200);
  }

  @Test
  void nvfp4_equalsTheHost_whateverTheTensorScale() {
    HostArray x = values();
    assertBits(x, BlockFormat.NVFP4, ScaleRule.FLOOR, Chip.TOY);
    assertBits(x, BlockFormat.NVFP4, ScaleRule.FLOOR, Chip.MAIA_200);
    for (double factor : new double[] {1e-30, 1e-8, 1, 1e4}) {
      float[] part = x.toFloats();
      for (int i = 0; i < part.length; i++) {
        part[i] = Float.isFinite(part[i]) && Math.abs(part[i]) < 4 ? (float) (part[i] * factor) : 0;
      }
      assertBits(
          HostArray.of(part, F32, ROWS, COLUMNS), BlockFormat.NVFP4, ScaleRule.FLOOR, Chip.TOY);
    }
  }
}
