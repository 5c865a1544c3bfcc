package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import maia.kernel.library.Activation;
import maia.kernel.library.Blocks;
import maia.kernel.library.Elementwise;
import maia.kernel.library.Linear;
import maia.kernel.library.LinearMx;
import maia.kernel.library.Matmul;
import maia.kernel.library.Softmax;
import maia.kernel.library.VectorAdd;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.Fmath;
import maia.numerics.HostArray;
import maia.numerics.Reduce;
import maia.numerics.ScaleRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Library kernels on the simulator against host arithmetic, bit for bit, all checks on.
class LibraryTest {
  private static final List<Machine> MACHINES = List.of(Chip.TOY, Chip.MAIA_200);

  private static void on(java.util.function.Consumer<Machine> test) {
    MACHINES.forEach(test);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 1024, 5000, 98_432})
  void vectorAdd_anyLength_equalsHost(int n) {
    float[] x = Values.random(1, n);
    float[] y = Values.random(2, n);
    float[] expected = new float[n];
    for (int i = 0; i < n; i++) {
      expected[i] = x[i] + y[i];
    }
    on(machine -> {
      HostArray out = HostArray.zeros(F32, n);
      VectorAdd.over(n)
          .on(new OnSim(machine))
          .run(HostArray.of(x, F32, n), HostArray.of(y, F32, n), out);
      assertThat(out.toFloats()).isEqualTo(expected);
    });
  }

  @Test
  void divide_raggedLength_equalsHost() {
    int n = 5000;
    HostArray x = Values.array(1, F32, n);
    HostArray y = Values.array(2, F32, n);
    float[] expected = x.toFloats();
    for (int i = 0; i < n; i++) {
      expected[i] /= y.toFloats()[i];
    }
    on(machine -> {
      HostArray out = HostArray.zeros(F32, n);
      Elementwise.over(Elementwise.DIV, n).on(new OnSim(machine)).run(x, y, out);
      assertThat(out.toFloats()).isEqualTo(expected);
    });
  }

  @Test
  void scale_bf16_roundsOnce() {
    int n = 300;
    HostArray x = Values.array(1, BF16, n);
    float[] expected = x.toFloats();
    for (int i = 0; i < n; i++) {
      expected[i] *= 0.3f;
    }
    HostArray out = HostArray.zeros(BF16, n);
    Elementwise.over(Elementwise.SCALE.with("TYPE", BF16), n)
        .on(new OnSim(Chip.TOY))
        .run(x, out, 0.3f);
    assertThat(out.toFloats()).isEqualTo(Values.round(expected, BF16));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 37, 100, 512})
  void softmax_raggedColumns_equalsHost(int columns) {
    int rows = 13;
    float[] x = Values.random(3, rows * columns);
    float[] expected = new float[rows * columns];
    int block = Kernel.nextPow2(columns);
    for (int r = 0; r < rows; r++) {
      float[] e = new float[block];
      float max = Reduce.max(x, r * columns, columns, 1);
      for (int c = 0; c < columns; c++) {
        e[c] = Fmath.exp(x[r * columns + c] - max);
      }
      float sum = Reduce.sum(e, 0, block, 1);
      for (int c = 0; c < columns; c++) {
        expected[r * columns + c] = e[c] / sum;
      }
    }
    on(machine -> {
      HostArray out = HostArray.zeros(F32, rows, columns);
      Softmax.over(rows, columns, machine)
          .on(new OnSim(machine))
          .run(HostArray.of(x, F32, rows, columns), out);
      assertThat(out.toFloats()).isEqualTo(expected);
    });
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void matmul_everyActivation_equalsHost(Activation act) {
    matmul(BF16, act, 70, 45, 50);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"BF16", "F16", "FP8_E5M2", "FP6_E2M3", "FP4_E2M1"})
  void matmul_raggedSizes_equalsHost(DType type) {
    matmul(type, Activation.RELU, 200, 130, 77);
  }

  private static void matmul(DType type, Activation act, int m, int n, int k) {
    HostArray a = Values.array(1, type, m, k);
    HostArray b = Values.array(2, type, k, n);
    float[] expected =
        Values.round(activated(act, Values.matmul(a.toFloats(), b.toFloats(), m, n, k)), BF16);
    on(machine -> {
      HostArray c = HostArray.zeros(BF16, m, n);
      Matmul.KERNEL
          .with("TYPE", type)
          .with("BM", 32)
          .with("BN", 32)
          .with("BK", 16)
          .with("ACT", act)
          .grid(Kernel.cdiv(m, 32), Kernel.cdiv(n, 32))
          .on(new OnSim(machine))
          .run(a, b, c);
      assertThat(c.toFloats()).isEqualTo(expected);
    });
  }

  private static float[] activated(Activation act, float[] x) {
    float[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      float v = x[i];
      y[i] =
          switch (act) {
            case NONE -> v;
            case RELU -> Math.max(v, 0);
            case LEAKY_RELU -> v >= 0 ? v : v * 0.01f;
            case GELU -> (v * 0.5f) * (Fmath.erf(v * 0.70710677f) + 1);
            case GELU_TANH ->
                (v * 0.5f) * (Fmath.tanh((v * v * v * 0.044715f + v) * 0.7978846f) + 1);
            case SIGMOID -> Fmath.sigmoid(v);
            case SILU -> v * Fmath.sigmoid(v);
            case TANH -> Fmath.tanh(v);
          };
    }
    return y;
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"BF16", "F16", "FP8_E4M3"})
  void linear_allParts_equalsHost(DType type) {
    int m = 100;
    int n = 40;
    int k = 72;
    HostArray x = Values.array(1, type, m, k);
    HostArray w = Values.array(2, type, n, k);
    HostArray bias = Values.array(3, F32, n);
    float[] v = Values.matmulTransposed(x.toFloats(), w.toFloats(), m, n, k);
    for (int i = 0; i < v.length; i++) {
      v[i] = Math.max(v[i] * 0.37f + bias.toFloats()[i % n], 0) * 1.7f;
    }
    float[] expected = Values.round(v, type);
    on(machine -> {
      HostArray y = HostArray.zeros(type, m, n);
      Linear.over(
              new Blocks.Problem(m, n, k, type, type, type),
              Activation.RELU,
              Set.of(Linear.Part.values()),
              machine)
          .on(new OnSim(machine))
          .run(x, w, bias, y, 0.37f, 1.7f);
      assertThat(y.toFloats()).isEqualTo(expected);
    });
  }

  @Test
  void linear_noParts_f32Out_isTheChainItself() {
    int m = 33;
    int n = 17;
    int k = 300;
    HostArray x = Values.array(1, BF16, m, k);
    HostArray w = Values.array(2, BF16, n, k);
    float[] expected = Values.matmulTransposed(x.toFloats(), w.toFloats(), m, n, k);
    on(machine -> {
      HostArray y = HostArray.zeros(F32, m, n);
      Linear.over(new Blocks.Problem(m, n, k, BF16, BF16, F32), Activation.NONE, Set.of(), machine)
          .on(new OnSim(machine))
          .run(x, w, y);
      assertThat(y.toFloats()).isEqualTo(expected);
    });
  }

  private static List<BlockFormat> formats() {
    return List.of(BlockFormat.MXFP4, BlockFormat.MXFP6_E3M2, BlockFormat.MXFP8_E4M3);
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.MethodSource("formats")
  void linearMx_bf16Out_equalsHost(BlockFormat format) {
    int m = 70;
    int n = 50;
    int k = 96;
    HostArray x = BlockCodec.quantize(Values.array(1, F32, m, k), format, ScaleRule.FLOOR);
    HostArray w = BlockCodec.quantize(Values.array(2, F32, n, k), format, ScaleRule.FLOOR);
    HostArray bias = Values.array(3, F32, n);
    float[] v = reference(x, w, bias, m, n, k);
    on(machine -> {
      HostArray y = HostArray.zeros(BF16, m, n);
      LinearMx.over(
              new Blocks.Problem(m, n, k, format, format, BF16),
              Activation.RELU,
              Set.of(Linear.Part.BIAS),
              machine)
          .on(new OnSim(machine))
          .run(x, w, bias, y);
      assertThat(y.toFloats()).isEqualTo(Values.round(v, BF16));
    });
  }

  @Test
  void linearMx_mixedFormatsAndRaggedDepth_equalsHost() {
    int m = 33;
    int n = 20;
    int k = 80;
    BlockFormat fp8 = BlockFormat.MXFP8_E4M3;
    BlockFormat fp4 = BlockFormat.MXFP4;
    HostArray x = BlockCodec.quantize(Values.array(1, F32, m, k), fp8, ScaleRule.FLOOR);
    HostArray w = BlockCodec.quantize(Values.array(2, F32, n, k), fp4, ScaleRule.FLOOR);
    HostArray bias = Values.array(3, F32, n);
    float[] expected = reference(x, w, bias, m, n, k);
    HostArray y = HostArray.zeros(F32, m, n);
    LinearMx.over(
            new Blocks.Problem(m, n, k, fp8, fp4, F32),
            Activation.RELU,
            Set.of(Linear.Part.BIAS),
            Chip.TOY)
        .on(new OnSim(Chip.TOY))
        .run(x, w, bias, y);
    assertThat(y.toFloats()).isEqualTo(expected);
  }

  @Test
  void fourThreads_launchAtOnce_equalResults() {
    int n = 3000;
    HostArray x = Values.array(1, F32, n);
    HostArray y = Values.array(2, F32, n);
    HostArray alone = HostArray.zeros(F32, n);
    VectorAdd.over(n).on(new OnSim(Chip.TOY)).run(x, y, alone);
    List<HostArray> results =
        java.util.stream.IntStream.range(0, 4)
            .parallel()
            .mapToObj(i -> {
              HostArray out = HostArray.zeros(F32, n);
              VectorAdd.KERNEL
                  .with("BLOCK", 256 << i)
                  .grid(Kernel.cdiv(n, 256 << i))
                  .on(new OnSim(Chip.TOY))
                  .run(x, y, out);
              return out;
            })
            .toList();
    assertThat(results).allSatisfy(out -> assertThat(out.toFloats()).isEqualTo(alone.toFloats()));
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 50})
  void linearMx_quantisedOut_equalsHost(int n) {
    int m = 40;
    int k = 64;
    BlockFormat format = BlockFormat.MXFP4;
    HostArray x = BlockCodec.quantize(Values.array(1, F32, m, k), format, ScaleRule.FLOOR);
    HostArray w = BlockCodec.quantize(Values.array(2, F32, n, k), format, ScaleRule.FLOOR);
    HostArray bias = Values.array(3, F32, n);
    HostArray expected =
        BlockCodec.quantize(
            HostArray.of(reference(x, w, bias, m, n, k), F32, m, n), format, ScaleRule.FLOOR);
    on(machine -> {
      HostArray y = HostArray.zeros(format, m, n);
      LinearMx.over(
              new Blocks.Problem(m, n, k, format, format, format),
              Activation.RELU,
              Set.of(Linear.Part.BIAS),
              machine)
          .on(new OnSim(machine))
          .run(x, w, bias, y);
      assertThat(BlockCodec.dequantize(y).toFloats())
          .isEqualTo(BlockCodec.dequantize(expected).toFloats());
    });
  }

  private static float[] reference(HostArray x, HostArray w, HostArray bias, int m, int n, int k) {
    float[] v =
        Values.matmulTransposed(
            BlockCodec.dequantize(x).toFloats(), BlockCodec.dequantize(w).toFloats(), m, n, k);
    for (int i = 0; i < v.length; i++) {
      v[i] = Math.max(v[i] + bias.toFloats()[i % n], 0);
    }
    return v;
  }

  @Test
  void linear_largeLayer_timingNeedsNoMemory() {
    Run run =
        Linear.over(
                new Blocks.Problem(512, 512, 512, FP8_E4M3, FP8_E4M3, F16),
                Activation.NONE,
                Set.of(),
                Chip.MAIA_200)
            .on(new OnSim(Chip.MAIA_200))
            .timing(
                HostArray.meta(FP8_E4M3, 512, 512),
                HostArray.meta(FP8_E4M3, 512, 512),
                HostArray.meta(F16, 512, 512));
    assertThat(run.cycles()).isPositive();
  }
}
