package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maia.kernel.library.Activation;
import maia.kernel.library.CrossEntropy;
import maia.kernel.library.Gated;
import maia.kernel.library.Quantise;
import maia.kernel.library.QuantiseRows;
import maia.kernel.library.Reduction;
import maia.kernel.library.Rotary;
import maia.kernel.library.Softmax;
import maia.kernel.library.Transpose;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.ScaleRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Kernels on rows, columns and positions against plain arithmetic, over ragged sizes.
class RowKernelTest {
  private static final List<Machine> MACHINES = List.of(Chip.TOY, Chip.MAIA_200);

  /// A few roundings of binary32 around values of size 4.
  private static final double F32_BOUND = 4e-6;

  /// One rounding to 8 bits of fraction, of values up to 4.
  private static final double BF16_BOUND = 4 * 0x1p-8;

  private static double bound(DType type) {
    return type == F32 ? F32_BOUND : BF16_BOUND;
  }

  @ParameterizedTest
  @CsvSource({"F32, 32, 100", "F32, 128, 77", "BF16, 64, 130", "F32, 32, 1"})
  void softmaxWide_raggedColumns_isCloseToDoublePrecision(DType type, int block, int n) {
    int m = 5;
    HostArray x = Values.array(1, type, m, n);
    double[] expected = new double[m * n];
    float[] v = x.toFloats();
    for (int i = 0; i < m; i++) {
      double sum = 0;
      for (int j = 0; j < n; j++) {
        sum += StrictMath.exp(v[i * n + j]);
      }
      for (int j = 0; j < n; j++) {
        expected[i * n + j] = StrictMath.exp(v[i * n + j]) / sum;
      }
    }
    for (Machine machine : MACHINES) {
      HostArray out = HostArray.zeros(type, m, n);
      Softmax.WIDE
          .with("TYPE", type)
          .with("ROWS", 2)
          .with("BLOCK", block)
          .with("WHOLE", block >= n)
          .grid(3)
          .on(new OnSim(machine))
          .run(x, out);
      Close.all(out, expected, bound(type));
    }
  }

  @ParameterizedTest
  @CsvSource({"F32, 32, 100", "F32, 128, 77", "BF16, 32, 50"})
  void crossEntropy_lossAndGradient_areCloseToDoublePrecision(DType type, int block, int n) {
    int m = 5;
    HostArray x = Values.array(1, type, m, n);
    HostArray dloss = Values.array(2, F32, m);
    float[] classes = {3, n - 1, -100, 0, n / 2};
    HostArray target = HostArray.of(classes, I32, m);
    double[] loss = new double[m];
    double[] dx = new double[m * n];
    entropy(x.toFloats(), classes, dloss.toFloats(), loss, dx);
    for (Machine machine : MACHINES) {
      HostArray found = HostArray.zeros(F32, m);
      HostArray lse = HostArray.zeros(F32, m);
      blocked(CrossEntropy.FORWARD, type, block, n)
          .grid(3)
          .on(new OnSim(machine))
          .run(x, target, found, lse);
      Close.all(found, loss, F32_BOUND);
      HostArray gradient = HostArray.zeros(type, m, n);
      blocked(CrossEntropy.BACKWARD, type, block, n)
          .grid(3)
          .on(new OnSim(machine))
          .run(x, target, lse, dloss, gradient);
      Close.all(gradient, dx, bound(type));
    }
  }

  private static Kernel blocked(Kernel kernel, DType type, int block, int n) {
    return kernel.with("TYPE", type).with("ROWS", 2).with("BLOCK", block).with("WHOLE", block >= n);
  }

  private static void entropy(
      float[] x, float[] classes, float[] dloss, double[] loss, double[] dx) {
    int n = x.length / classes.length;
    for (int i = 0; i < classes.length; i++) {
      double sum = 0;
      for (int j = 0; j < n; j++) {
        sum += StrictMath.exp(x[i * n + j]);
      }
      if (classes[i] >= 0) {
        loss[i] = StrictMath.log(sum) - x[i * n + (int) classes[i]];
        for (int j = 0; j < n; j++) {
          double p = StrictMath.exp(x[i * n + j]) / sum;
          dx[i * n + j] = (p - (j == classes[i] ? 1 : 0)) * dloss[i];
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Rotary.Pairs.class)
  void rotary_bothPairings_equalsItsArithmetic(Rotary.Pairs pairs) {
    int t = 37;
    int heads = 3;
    int d = 16;
    for (DType type : List.of(F32, BF16)) {
      HostArray x = Values.array(1, type, t, heads, d);
      HostArray cos = Values.array(2, F32, t, d / 2);
      HostArray sin = Values.array(3, F32, t, d / 2);
      float[] v = x.toFloats();
      float[] expected = new float[v.length];
      for (int row = 0; row < t * heads; row++) {
        for (int i = 0; i < d / 2; i++) {
          int first = row * d + (pairs == Rotary.Pairs.HALVES ? i : 2 * i);
          int second = first + (pairs == Rotary.Pairs.HALVES ? d / 2 : 1);
          float c = cos.toFloats()[row / heads * (d / 2) + i];
          float s = sin.toFloats()[row / heads * (d / 2) + i];
          expected[first] = v[first] * c - v[second] * s;
          expected[second] = v[second] * c + v[first] * s;
        }
      }
      for (Machine machine : MACHINES) {
        HostArray y = HostArray.zeros(type, t, heads, d);
        Rotary.KERNEL
            .with("TYPE", type)
            .with("D", d)
            .with("PAIRS", pairs)
            .with("BLOCK", 16)
            .grid(3, heads)
            .on(new OnSim(machine))
            .run(x, cos, sin, y);
        assertThat(y.toFloats()).isEqualTo(Values.round(expected, type));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Activation.class,
      names = {"SILU", "GELU", "GELU_TANH"})
  void gated_raggedLength_isCloseToDoublePrecision(Activation act) {
    int n = 5000;
    HostArray gate = Values.array(1, BF16, n);
    HostArray up = Values.array(2, BF16, n);
    double[] expected = new double[n];
    for (int i = 0; i < n; i++) {
      double g = gate.toFloats()[i];
      double opened =
          act == Activation.SILU
              ? g / (1 + StrictMath.exp(-g))
              : 0.5 * g * (1 + StrictMath.tanh(0.7978845608 * (g + 0.044715 * g * g * g)));
      expected[i] = opened * up.toFloats()[i];
    }
    // the tanh form and the erf form differ by up to 5e-4
    double bound = BF16_BOUND / 2 + (act == Activation.GELU ? 1e-3 : 0);
    for (Machine machine : MACHINES) {
      HostArray out = HostArray.zeros(BF16, n);
      Gated.over(n, act, BF16).on(new OnSim(machine)).run(gate, up, out);
      Close.all(out, expected, bound);
    }
  }

  @ParameterizedTest
  @CsvSource({"FP8_E4M3, 100", "FP8_E5M2, 300", "FP6_E2M3, 64"})
  void quantise_perRow_equalsItsArithmetic(DType to, int n) {
    int m = 5;
    HostArray x = Values.array(1, F32, m, n);
    for (Machine machine : MACHINES) {
      HostArray y = HostArray.zeros(to, m, n);
      HostArray scale = HostArray.zeros(F32, m);
      QuantiseRows.byRow(m, n, to, machine).on(new OnSim(machine)).run(x, y, scale);
      checkQuantised(x, y, scale, to, n);
    }
  }

  @Test
  void quantise_perGroup_equalsItsArithmetic() {
    int m = 19;
    int n = 70;
    HostArray x = Values.array(1, F32, m, n);
    for (Machine machine : MACHINES) {
      HostArray y = HostArray.zeros(DType.FP8_E4M3, m, n);
      HostArray scale = HostArray.zeros(F32, m, 3);
      QuantiseRows.byGroup(m, 32, DType.FP8_E4M3).on(new OnSim(machine)).run(x, y, scale);
      for (int i = 0; i < m; i++) {
        for (int g = 0; g < 3; g++) {
          int size = Math.min(32, n - 32 * g);
          HostArray part = part(x, i * n + 32 * g, size, F32);
          HostArray quantised = part(y, i * n + 32 * g, size, DType.FP8_E4M3);
          checkQuantised(part, quantised, part(scale, 3 * i + g, 1, F32), DType.FP8_E4M3, size);
        }
      }
    }
  }

  @Test
  void quantise_toBlocks_equalsTheHost() {
    int m = 19;
    int n = 300;
    HostArray x = Values.array(1, F32, m, n);
    for (BlockFormat format :
        List.of(BlockFormat.MXFP8_E5M2, BlockFormat.MXFP6_E2M3, BlockFormat.NVFP4)) {
      float[] expected = quantised(x.toFloats(), n, format);
      for (Machine machine : MACHINES) {
        HostArray y = HostArray.zeros(format, m, n);
        Quantise.over(m, n, format, machine).on(new OnSim(machine)).run(x, y);
        assertThat(BlockCodec.dequantize(y).toFloats()).isEqualTo(expected);
      }
    }
  }

  /// Rows through `format` and back, block by block, with a tensor scale of 1.
  private static float[] quantised(float[] x, int n, BlockFormat format) {
    float[] out = new float[x.length];
    for (int row = 0; row < x.length; row += n) {
      for (int at = row; at < row + n; at += format.block()) {
        int count = Math.min(format.block(), row + n - at);
        float[] scale = new float[1];
        BlockCodec.quantize(format, ScaleRule.FLOOR, x, at, count, 1f, out, at, scale, 0);
        for (int i = at; i < at + count; i++) {
          out[i] *= scale[0];
        }
      }
    }
    return out;
  }

  private static HostArray part(HostArray array, int from, int count, DType type) {
    float[] values = java.util.Arrays.copyOfRange(array.toFloats(), from, from + count);
    return HostArray.of(values, type, 1, count);
  }

  private static void checkQuantised(HostArray x, HostArray y, HostArray scale, DType to, int n) {
    float largest = Values.round(new float[] {1e30f}, to)[0];
    float[] v = x.toFloats();
    for (int i = 0; i < v.length / n; i++) {
      float most = 0;
      for (int j = 0; j < n; j++) {
        most = Math.max(most, Math.abs(v[i * n + j]));
      }
      float s = most == 0 ? 1 : most / largest;
      assertThat(scale.toFloats()[i]).isEqualTo(s);
      for (int j = 0; j < n; j++) {
        float expected = Values.round(new float[] {v[i * n + j] / s}, to)[0];
        assertThat(y.toFloats()[i * n + j]).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"F32, 100, 37", "BF16, 64, 64", "F32, 1, 200"})
  void transpose_raggedSizes_exchangesRowsAndColumns(DType type, int m, int n) {
    HostArray x = Values.array(1, type, m, n);
    float[] expected = new float[m * n];
    for (int i = 0; i < m * n; i++) {
      expected[i % n * m + i / n] = x.toFloats()[i];
    }
    for (Machine machine : MACHINES) {
      HostArray y = HostArray.zeros(type, n, m);
      Transpose.over(m, n, type).on(new OnSim(machine)).run(x, y);
      assertThat(y.toFloats()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(Reduction.Op.class)
  void reduction_anyAxis_isCloseToDoublePrecision(Reduction.Op op) {
    int outer = 2;
    int axis = 75;
    int inner = 33;
    HostArray x = Values.array(1, F32, outer, axis, inner);
    double[] expected = reduced(op, x.toFloats(), outer, axis, inner);
    HostArray rows = Values.array(2, BF16, 7, 150);
    double[] expectedRows = reduced(op, rows.toFloats(), 7, 150, 1);
    for (Machine machine : MACHINES) {
      HostArray y = HostArray.zeros(F32, outer, inner);
      Reduction.KERNEL
          .with("OP", op)
          .with("ROWS", 16)
          .with("BLOCK", 16)
          .grid(3, outer)
          .on(new OnSim(machine))
          .run(x, y);
      Close.all(y, expected, 4 * F32_BOUND);
      HostArray last = HostArray.zeros(BF16, 7);
      Reduction.last(op, 7, 150, BF16, machine).on(new OnSim(machine)).run(rows, last);
      Close.all(last, expectedRows, 32 * 0x1p-8); // a sum of up to 32 rounds to BF16
    }
  }

  private static double[] reduced(Reduction.Op op, float[] x, int outer, int axis, int inner) {
    double[] out = new double[outer * inner];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        double r = op == Reduction.Op.MAX ? -1e9 : op == Reduction.Op.MIN ? 1e9 : 0;
        for (int a = 0; a < axis; a++) {
          double v = x[(o * axis + a) * inner + i];
          r =
              switch (op) {
                case SUM, MEAN -> r + v;
                case MAX -> Math.max(r, v);
                case MIN -> Math.min(r, v);
              };
        }
        out[o * inner + i] = op == Reduction.Op.MEAN ? r / axis : r;
      }
    }
    return out;
  }
}
