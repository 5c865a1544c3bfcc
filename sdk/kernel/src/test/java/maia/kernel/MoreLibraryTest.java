package maia.kernel;

import static maia.numerics.BlockFormat.MXFP4;
import static maia.numerics.BlockFormat.MXFP8_E4M3;
import static maia.numerics.BlockFormat.NVFP4;
import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;
import static maia.numerics.DType.I8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import maia.kernel.library.Activation;
import maia.kernel.library.BatchedMatmul;
import maia.kernel.library.Blocks;
import maia.kernel.library.Conv2d;
import maia.kernel.library.Linear;
import maia.kernel.library.LinearMx;
import maia.kernel.library.LinearW4A16;
import maia.kernel.library.Pool2d;
import maia.kernel.library.QuantiseRows;
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

/// Batched and mixed products, convolution and pooling against plain loops, bit for bit, all checks
/// on.
class MoreLibraryTest {
  private static final List<Machine> MACHINES = List.of(Chip.TOY, Chip.MAIA_200);

  @ParameterizedTest
  @CsvSource({"1,16,16,16", "3,33,20,70", "2,5,40,1"})
  void batchedMatmul_raggedSizes_equalsHost(int batch, int m, int n, int k) {
    HostArray a = Values.array(1, BF16, batch, m, k);
    HostArray b = Values.array(2, BF16, batch, k, n);
    float[] expected = new float[batch * m * n];
    for (int i = 0; i < batch; i++) {
      float[] left = java.util.Arrays.copyOfRange(a.toFloats(), i * m * k, (i + 1) * m * k);
      float[] right = java.util.Arrays.copyOfRange(b.toFloats(), i * k * n, (i + 1) * k * n);
      System.arraycopy(Values.matmul(left, right, m, n, k), 0, expected, i * m * n, m * n);
    }
    for (Machine machine : MACHINES) {
      HostArray c = HostArray.zeros(F32, batch, m, n);
      BatchedMatmul.over(batch, m, n, k, BF16, F32, machine).on(new OnSim(machine)).run(a, b, c);
      assertThat(c.toFloats()).isEqualTo(expected);
    }
  }

  /// Scalar formats of the tensor unit, paired with themselves and with each other.
  @ParameterizedTest
  @CsvSource({
    "BF16,BF16",
    "F16,F16",
    "FP8_E4M3,FP8_E4M3",
    "FP8_E5M2,FP8_E5M2",
    "FP6_E2M3,FP6_E2M3",
    "FP6_E3M2,FP6_E3M2",
    "FP4_E2M1,FP4_E2M1",
    "FP8_E4M3,FP4_E2M1",
    "BF16,FP8_E4M3",
    "FP8_E5M2,FP6_E2M3",
  })
  void linear_everyPairOfFormats_vectorAndMatrixEqualHost(DType left, DType right) {
    int n = 37;
    int k = 100;
    HostArray w = Values.array(2, right, n, k);
    for (int m : List.of(1, 19)) {
      HostArray x = Values.array(1, left, m, k);
      float[] expected = Values.matmulTransposed(x.toFloats(), w.toFloats(), m, n, k);
      var problem = new Blocks.Problem(m, n, k, left, right, F32);
      HostArray y = HostArray.zeros(F32, m, n);
      Linear.over(problem, Activation.NONE, Set.of(), Chip.TOY)
          .on(new OnSim(Chip.TOY))
          .run(x, w, y);
      assertThat(y.toFloats()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,2", "2,0", "1,2", "0,1"})
  void linearMx_everyPairOfFormats_vectorAndMatrixEqualHost(int left, int right) {
    List<BlockFormat> formats = List.of(MXFP8_E4M3, BlockFormat.MXFP6_E2M3, MXFP4);
    int n = 37;
    int k = 100;
    HostArray w =
        BlockCodec.quantize(Values.array(2, F32, n, k), formats.get(right), ScaleRule.FLOOR);
    for (int m : List.of(1, 19)) {
      HostArray x =
          BlockCodec.quantize(Values.array(1, F32, m, k), formats.get(left), ScaleRule.FLOOR);
      float[] expected =
          Values.matmulTransposed(
              BlockCodec.dequantize(x).toFloats(), BlockCodec.dequantize(w).toFloats(), m, n, k);
      var problem = new Blocks.Problem(m, n, k, formats.get(left), formats.get(right), F32);
      HostArray y = HostArray.zeros(F32, m, n);
      LinearMx.over(problem, Activation.NONE, Set.of(), Chip.TOY)
          .on(new OnSim(Chip.TOY))
          .run(x, w, y);
      assertThat(y.toFloats()).isEqualTo(expected);
    }
  }

  /// Sums of bytes are exact; what follows them is binary32, and the result rounds to nearest.
  @Test
  void linear_ofBytes_sumsExactlyAndRoundsToNearest() {
    int m = 19;
    int n = 37;
    int k = 100;
    long[] x = bytes(1, m * k);
    long[] w = bytes(2, n * k);
    float[] bias = Values.random(3, n);
    long[] sums = new long[m * n];
    long[] rounded = new long[m * n];
    for (int i = 0; i < m * n; i++) {
      for (int j = 0; j < k; j++) {
        sums[i] += x[i / n * k + j] * w[i % n * k + j];
      }
      rounded[i] = (long) Math.rint(Math.clamp(sums[i] * 0.001f + bias[i % n], -128f, 127f));
    }
    HostArray left = HostArray.ofLongs(x, I8, m, k);
    HostArray right = HostArray.ofLongs(w, I8, n, k);
    HostArray plain = HostArray.zeros(I32, m, n);
    var problem = new Blocks.Problem(m, n, k, I8, I8, I32);
    Linear.over(problem, Activation.NONE, Set.of(), Chip.TOY)
        .on(new OnSim(Chip.TOY))
        .run(left, right, plain);
    assertThat(plain.toFloats()).isEqualTo(floats(sums));
    HostArray y = HostArray.zeros(I8, m, n);
    var narrow = new Blocks.Problem(m, n, k, I8, I8, I8);
    Linear.over(narrow, Activation.NONE, Set.of(Linear.Part.BIAS, Linear.Part.SCALE), Chip.TOY)
        .on(new OnSim(Chip.TOY))
        .run(left, right, HostArray.of(bias, F32, n), y, 0.001f);
    assertThat(y.toFloats()).isEqualTo(floats(rounded));
  }

  private static long[] bytes(long seed, int count) {
    return new SplittableRandom(seed).longs(count, -128, 128).toArray();
  }

  private static float[] floats(long[] values) {
    float[] all = new float[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = values[i];
    }
    return all;
  }

  @Test
  void linear_sumsOfBytesWithAnActivation_areRefused() {
    var problem = new Blocks.Problem(16, 16, 16, I8, I8, I32);
    KernelLaunch launch = Linear.over(problem, Activation.RELU, Set.of(), Chip.TOY);
    assertThatThrownBy(launch.kernel()::trace)
        .hasMessageStartingWith(
            "linear: Y = I32 is for sums of I8 without bias, scales and activation [K309]");
  }

  /// Products of NVFP4 elements and block scales are exact; the tensor scales multiply the sum.
  @Test
  void linear_ofNvfp4_multipliesSumsByBothTensorScales() {
    int m = 19;
    int n = 37;
    int k = 100;
    HostArray x = BlockCodec.quantize(Values.array(1, F32, m, k), NVFP4, ScaleRule.FLOOR);
    HostArray w = BlockCodec.quantize(Values.array(2, F32, n, k), NVFP4, ScaleRule.FLOOR);
    HostArray dense = Values.array(3, BF16, m, k);
    float[] inner = BlockCodec.dequantize(w.withTensorScale(1)).toFloats();
    float[] both =
        Values.matmulTransposed(
            BlockCodec.dequantize(x.withTensorScale(1)).toFloats(), inner, m, n, k);
    float[] wide = Values.matmulTransposed(dense.toFloats(), inner, m, n, k);
    for (int i = 0; i < both.length; i++) {
      both[i] *= x.tensorScale() * w.tensorScale();
      wide[i] *= w.tensorScale();
    }
    HostArray y = HostArray.zeros(F32, m, n);
    var problem = new Blocks.Problem(m, n, k, NVFP4, NVFP4, F32);
    LinearMx.over(problem, Activation.NONE, Set.of(), Chip.TOY)
        .on(new OnSim(Chip.TOY))
        .run(x, w, y);
    assertThat(y.toFloats()).isEqualTo(both);
    var mixed = new Blocks.Problem(m, n, k, BF16, NVFP4, F32);
    LinearW4A16.over(mixed, Activation.NONE, Set.of(), Chip.TOY)
        .on(new OnSim(Chip.TOY))
        .run(dense, w, y);
    assertThat(y.toFloats()).isEqualTo(wide);
  }

  @Test
  void quantiseRows_toBytes_roundsToNearest() {
    HostArray x = Values.array(1, F32, 3, 45);
    HostArray y = HostArray.zeros(I8, 3, 45);
    HostArray scale = HostArray.zeros(F32, 3);
    QuantiseRows.byRow(3, 45, I8, Chip.TOY).on(new OnSim(Chip.TOY)).run(x, y, scale);
    for (int i = 0; i < 3 * 45; i++) {
      float s = scale.toFloats()[i / 45];
      assertThat(y.toFloats()[i]).isEqualTo((float) Math.rint(x.toFloats()[i] / s));
      assertThat(y.toFloats()[i]).isBetween(-127f, 127f);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,16,32", "20,33,70", "5,130,300"})
  void linearW4A16_raggedSizes_equalsHostWithExactWeights(int m, int n, int k) {
    HostArray x = Values.array(1, BF16, m, k);
    HostArray w = BlockCodec.quantize(Values.array(2, F32, n, k), MXFP4, ScaleRule.FLOOR);
    HostArray bias = Values.array(3, F32, n);
    float[] exact = BlockCodec.dequantize(w).toFloats();
    float[] expected = Values.matmulTransposed(x.toFloats(), exact, m, n, k);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Math.max(0, expected[i] + bias.toFloats()[i % n]);
    }
    var problem = new Blocks.Problem(m, n, k, BF16, MXFP4, F32);
    for (Machine machine : MACHINES) {
      HostArray y = HostArray.zeros(F32, m, n);
      LinearW4A16.over(problem, Activation.RELU, Set.of(Linear.Part.BIAS), machine)
          .on(new OnSim(machine))
          .run(x, w, bias, y);
      assertThat(y.toFloats()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,5,5,3,4,3,3,1,1,1",
    "2,9,7,20,17,3,3,2,1,1",
    "1,8,8,16,16,1,1,1,0,1",
    "1,9,9,5,6,3,2,1,2,2",
    "1,6,40,33,3,5,5,3,2,1",
  })
  void conv2d_raggedSizes_equalsHost(
      int n, int h, int w, int c, int o, int kh, int kw, int stride, int pad, int dilation) {
    var p = new Conv2d.Problem(n, h, w, c, o, kh, kw, stride, pad, dilation);
    HostArray x = Values.array(1, BF16, n, h, w, c);
    HostArray f = Values.array(2, BF16, kh, kw, c, o);
    HostArray bias = Values.array(3, F32, o);
    float[] expected =
        Values.round(convolved(p, x.toFloats(), f.toFloats(), bias.toFloats()), BF16);
    for (Machine machine : MACHINES) {
      HostArray y = HostArray.zeros(BF16, n, p.outRows(), p.outColumns(), o);
      KernelLaunch plain = Conv2d.over(p, BF16, BF16, machine);
      plain
          .kernel()
          .with("BIAS", true)
          .grid(plain.grid().stream().mapToInt(Integer::intValue).toArray())
          .on(new OnSim(machine))
          .run(x, f, bias, y);
      assertThat(y.toFloats()).isEqualTo(expected);
    }
  }

  private static float[] convolved(Conv2d.Problem p, float[] x, float[] f, float[] bias) {
    float[] y = new float[p.n() * p.outRows() * p.outColumns() * p.o()];
    int at = 0;
    for (int n = 0; n < p.n(); n++) {
      for (int r = 0; r < p.outRows(); r++) {
        for (int s = 0; s < p.outColumns(); s++) {
          for (int o = 0; o < p.o(); o++) {
            y[at++] = output(p, x, f, n, r, s, o) + bias[o];
          }
        }
      }
    }
    return y;
  }

  private static float output(Conv2d.Problem p, float[] x, float[] f, int n, int r, int s, int o) {
    float sum = 0;
    for (int i = 0; i < p.kh(); i++) {
      for (int j = 0; j < p.kw(); j++) {
        int row = r * p.stride() + i * p.dilation() - p.pad();
        int column = s * p.stride() + j * p.dilation() - p.pad();
        if (row >= 0 && row < p.h() && column >= 0 && column < p.w()) {
          for (int c = 0; c < p.c(); c++) {
            float value = x[((n * p.h() + row) * p.w() + column) * p.c() + c];
            sum = Math.fma(value, f[((i * p.kw() + j) * p.c() + c) * p.o() + o], sum);
          }
        }
      }
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(Pool2d.Kind.class)
  void pool2d_raggedSizes_equalsHost(Pool2d.Kind kind) {
    var p = new Conv2d.Problem(2, 9, 7, 5, 5, 3, 3, 2, 1, 1);
    for (DType type : List.of(F32, BF16)) {
      HostArray x = Values.array(4, type, p.n(), p.h(), p.w(), p.c());
      float[] expected = Values.round(pooled(p, kind, x.toFloats()), type);
      for (Machine machine : MACHINES) {
        HostArray y = HostArray.zeros(type, p.n(), p.outRows(), p.outColumns(), p.c());
        Pool2d.over(p, kind, type).on(new OnSim(machine)).run(x, y);
        assertThat(y.toFloats()).isEqualTo(expected);
      }
    }
  }

  private static float[] pooled(Conv2d.Problem p, Pool2d.Kind kind, float[] x) {
    float[] y = new float[p.n() * p.outRows() * p.outColumns() * p.c()];
    int at = 0;
    for (int n = 0; n < p.n(); n++) {
      for (int r = 0; r < p.outRows(); r++) {
        for (int s = 0; s < p.outColumns(); s++) {
          for (int c = 0; c < p.c(); c++) {
            y[at++] = window(p, kind, x, n, r, s, c);
          }
        }
      }
    }
    return y;
  }

  private static float window(
      Conv2d.Problem p, Pool2d.Kind kind, float[] x, int n, int r, int s, int c) {
    float largest = Float.NEGATIVE_INFINITY;
    float sum = 0;
    for (int i = 0; i < p.kh(); i++) {
      for (int j = 0; j < p.kw(); j++) {
        int row = r * p.stride() + i - p.pad();
        int column = s * p.stride() + j - p.pad();
        if (row >= 0 && row < p.h() && column >= 0 && column < p.w()) {
          float value = x[((n * p.h() + row) * p.w() + column) * p.c() + c];
          largest = Math.max(largest, value);
          sum += value;
        }
      }
    }
    return kind == Pool2d.Kind.MAX ? largest : sum / (p.kh() * p.kw());
  }

  @Test
  void convolutionProblem_filterLargerThanImage_isRefused() {
    assertThatThrownBy(() -> new Conv2d.Problem(1, 2, 2, 1, 1, 5, 5, 1, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("convolution: a 5x5 filter of dilation 1 does not fit into 2x2 with padding 0");
  }
}
