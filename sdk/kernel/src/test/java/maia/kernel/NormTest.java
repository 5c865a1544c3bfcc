package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maia.kernel.library.GroupNorm;
import maia.kernel.library.LayerNorm;
import maia.kernel.library.RmsNorm;
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

/// Normalising kernels against double precision, over ragged sizes and blocks.
class NormTest {
  private static final List<Machine> MACHINES = List.of(Chip.TOY, Chip.MAIA_200);
  private static final float EPS = 1e-5f;

  /// Sums of a few hundred binary32 values of size 1.
  private static final double F32_BOUND = 1e-5;

  /// One rounding to 8 bits of fraction, of values up to 8.
  private static final double BF16_BOUND = 8 * 0x1p-8;

  /// One rounding to 4 bits of fraction, relative.
  private static final double FP8_BOUND = 0x1p-4;

  private static double bound(DType type) {
    return type == F32 ? F32_BOUND : BF16_BOUND;
  }

  /// Rows in blocks, or whole.
  private static Kernel blocked(Kernel kernel, DType type, int block) {
    return kernel
        .with("TYPE", type)
        .with("ROWS", 2)
        .with("BLOCK", block)
        .with("WHOLE", block >= 128);
  }

  @ParameterizedTest
  @CsvSource({"F32, 32, 100", "F32, 128, 77", "BF16, 32, 45", "F32, 32, 1"})
  void layerNorm_forwardAndBackward_areCloseToDoublePrecision(DType type, int block, int n) {
    int m = 5;
    HostArray x = Values.array(1, type, m, n);
    HostArray w = Values.array(2, F32, n);
    HostArray b = Values.array(3, F32, n);
    HostArray dy = Values.array(4, type, m, n);
    Layer ref = Layer.of(x.toFloats(), w.toFloats(), b.toFloats(), dy.toFloats(), m, n);
    for (Machine machine : MACHINES) {
      HostArray y = HostArray.zeros(type, m, n);
      HostArray mean = HostArray.zeros(F32, m);
      HostArray rstd = HostArray.zeros(F32, m);
      blocked(LayerNorm.FORWARD, type, block)
          .grid(3)
          .on(new OnSim(machine))
          .run(x, w, b, y, mean, rstd, EPS);
      Close.all(y, ref.y, bound(type));
      HostArray dx = HostArray.zeros(type, m, n);
      blocked(LayerNorm.BACKWARD, type, block)
          .grid(3)
          .on(new OnSim(machine))
          .run(x, dy, w, mean, rstd, dx);
      double scale = 1 / StrictMath.sqrt(EPS); // one column has no variance
      Close.all(dx, ref.dx, bound(type) * (n == 1 ? scale : 4));
      HostArray dw = HostArray.zeros(F32, n);
      HostArray db = HostArray.zeros(F32, n);
      LayerNorm.BACKWARD_WEIGHTS
          .with("TYPE", type)
          .with("ROWS", 4)
          .with("BLOCK", 32)
          .grid(Kernel.cdiv(n, 32))
          .on(new OnSim(machine))
          .run(x, dy, mean, rstd, dw, db);
      Close.all(dw, ref.dw, 4 * F32_BOUND);
      Close.all(db, ref.db, 4 * F32_BOUND);
    }
  }

  /// A layer norm and its gradients, in double precision.
  private record Layer(double[] y, double[] dx, double[] dw, double[] db) {
    static Layer of(float[] x, float[] w, float[] b, float[] dy, int m, int n) {
      Layer out = new Layer(new double[m * n], new double[m * n], new double[n], new double[n]);
      for (int i = 0; i < m; i++) {
        out.row(x, w, b, dy, i * n, n);
      }
      return out;
    }

    private void row(float[] x, float[] w, float[] b, float[] dy, int at, int n) {
      double mu = 0;
      for (int j = 0; j < n; j++) {
        mu += x[at + j] / (double) n;
      }
      double variance = 0;
      for (int j = 0; j < n; j++) {
        variance += (x[at + j] - mu) * (x[at + j] - mu) / n;
      }
      double rs = 1 / StrictMath.sqrt(variance + EPS);
      double c1 = 0;
      double c2 = 0;
      for (int j = 0; j < n; j++) {
        double normal = (x[at + j] - mu) * rs;
        y[at + j] = normal * w[j] + b[j];
        dw[j] += dy[at + j] * normal;
        db[j] += dy[at + j];
        c1 += normal * dy[at + j] * w[j] / n;
        c2 += (double) dy[at + j] * w[j] / n;
      }
      for (int j = 0; j < n; j++) {
        double normal = (x[at + j] - mu) * rs;
        dx[at + j] = ((double) dy[at + j] * w[j] - normal * c1 - c2) * rs;
      }
    }
  }

  private static double[] rms(float[] x, float[] w, int m, int n) {
    double[] y = new double[m * n];
    for (int i = 0; i < m; i++) {
      double squares = 0;
      for (int j = 0; j < n; j++) {
        squares += (double) x[i * n + j] * x[i * n + j] / n;
      }
      for (int j = 0; j < n; j++) {
        y[i * n + j] = x[i * n + j] / StrictMath.sqrt(squares + EPS) * w[j];
      }
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({"F32, 32, 100", "F32, 128, 77", "BF16, 32, 45"})
  void rmsNorm_raggedSizes_isCloseToDoublePrecision(DType type, int block, int n) {
    int m = 5;
    HostArray x = Values.array(1, type, m, n);
    HostArray w = Values.array(2, F32, n);
    for (Machine machine : MACHINES) {
      HostArray y = HostArray.zeros(type, m, n);
      blocked(RmsNorm.KERNEL, type, block).grid(3).on(new OnSim(machine)).run(x, w, y, EPS);
      Close.all(y, rms(x.toFloats(), w.toFloats(), m, n), bound(type));
    }
  }

  @ParameterizedTest
  @CsvSource({"32, 100", "128, 77"})
  void rmsNorm_toFp8_scalesRowsToTheirLargest(int block, int n) {
    int m = 5;
    float[] values = Values.random(1, m * n);
    java.util.Arrays.fill(values, 0, n, 0f); // a row of zeros
    HostArray x = HostArray.of(values, F32, m, n);
    HostArray w = Values.array(2, F32, n);
    double[] expected = rms(values, w.toFloats(), m, n);
    for (Machine machine : MACHINES) {
      HostArray y = HostArray.zeros(DType.FP8_E4M3, m, n);
      HostArray scale = HostArray.zeros(F32, m);
      blocked(RmsNorm.TO_FP8, F32, block).grid(3).on(new OnSim(machine)).run(x, w, y, scale, EPS);
      float[] s = scale.toFloats();
      assertThat(s[0]).isEqualTo(1f);
      float[] found = y.toFloats();
      for (int i = 0; i < m * n; i++) {
        double most = 448 * s[i / n];
        double bound = FP8_BOUND * Math.abs(expected[i]) + most * 0x1p-17;
        assertThat(Math.abs(found[i] * s[i / n] - expected[i])).isLessThanOrEqualTo(bound);
        assertThat(Math.abs(expected[i])).isLessThanOrEqualTo(most * (1 + F32_BOUND));
      }
    }
  }

  @Test
  void rmsNorm_toBlocks_isTheQuantisedNorm() {
    int m = 3;
    int n = 80;
    HostArray x = Values.array(1, F32, m, n);
    HostArray w = Values.array(2, F32, n);
    for (Machine machine : MACHINES) {
      HostArray plain = HostArray.zeros(F32, m, n);
      blocked(RmsNorm.KERNEL, F32, 64).grid(2).on(new OnSim(machine)).run(x, w, plain, EPS);
      HostArray y = HostArray.zeros(BlockFormat.MXFP8_E4M3, m, n);
      blocked(RmsNorm.TO_BLOCKS, F32, 64).grid(2).on(new OnSim(machine)).run(x, w, y, EPS);
      HostArray expected = BlockCodec.quantize(plain, BlockFormat.MXFP8_E4M3, ScaleRule.FLOOR);
      assertThat(BlockCodec.dequantize(y).toFloats())
          .isEqualTo(BlockCodec.dequantize(expected).toFloats());
    }
  }

  @Test
  void rmsNorm_chosenBlocks_fitLongRows() {
    for (Machine machine : MACHINES) {
      Run run =
          RmsNorm.over(RmsNorm.KERNEL.with("TYPE", BF16), 64, 16_384, machine)
              .on(new OnSim(machine))
              .timing(
                  HostArray.meta(BF16, 64, 16_384),
                  HostArray.meta(F32, 16_384),
                  HostArray.meta(BF16, 64, 16_384),
                  EPS);
      assertThat(run.cycles()).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({"F32, 12, 4, 50", "BF16, 6, 2, 33", "F32, 3, 3, 7"})
  void groupNorm_raggedSizes_isCloseToDoublePrecision(
      DType type, int channels, int groups, int positions) {
    int images = 2;
    HostArray x = Values.array(1, type, images, channels, positions);
    HostArray w = Values.array(2, F32, channels);
    HostArray b = Values.array(3, F32, channels);
    double[] expected =
        groupNorm(x.toFloats(), w.toFloats(), b.toFloats(), channels, groups, positions);
    for (Machine machine : MACHINES) {
      HostArray y = HostArray.zeros(type, images, channels, positions);
      GroupNorm.KERNEL
          .with("TYPE", type)
          .with("GROUP", channels / groups)
          .with("HIGH", Kernel.nextPow2(channels / groups))
          .with("BLOCK", 32)
          .grid(groups, images)
          .on(new OnSim(machine))
          .run(x, w, b, y, EPS);
      Close.all(y, expected, bound(type));
    }
  }

  private static double[] groupNorm(
      float[] x, float[] w, float[] b, int channels, int groups, int positions) {
    double[] y = new double[x.length];
    int size = channels / groups * positions;
    for (int at = 0; at < x.length; at += size) {
      double mu = 0;
      for (int i = at; i < at + size; i++) {
        mu += x[i] / (double) size;
      }
      double variance = 0;
      for (int i = at; i < at + size; i++) {
        variance += (x[i] - mu) * (x[i] - mu) / size;
      }
      for (int i = at; i < at + size; i++) {
        int c = i / positions % channels;
        y[i] = (x[i] - mu) / StrictMath.sqrt(variance + EPS) * w[c] + b[c];
      }
    }
    return y;
  }
}
