package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import maia.kernel.ir.Mapping.Path;
import maia.kernel.library.Activation;
import maia.kernel.library.Linear;
import maia.kernel.library.Matmul;
import maia.kernel.lower.Strips;
import maia.machine.Chip;
import maia.npl.Program;
import maia.npl.Space;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Results that leave in strips where that makes room for a second accumulator. All checks are on.
class StripsTest {
  private static Kernel matmul(DType type, DType out, int depth, int stages, Path path) {
    return Matmul.KERNEL
        .with("TYPE", type)
        .with("OUT", out)
        .with("BM", 512)
        .with("BN", 512)
        .with("BK", depth)
        .with("STAGES", stages)
        .with("DOWN", 3)
        .with("ACROSS", 3)
        .with("PATH", path);
  }

  private static Program.Buffer buffer(Kernel kernel, String name) {
    return Compiler.compile(kernel.trace().func(), Chip.MAIA_200).program().buffers().stream()
        .filter(buffer -> buffer.name().startsWith(name))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"512, 512, 32", "256, 256, 64", "128, 1024, 32", "128, 128, 128", "96, 4096, 96"})
  void rows_ofAResult_areEnoughToBeWorthAnInstruction(int rows, int columns, int strip) {
    assertThat(Strips.rows(rows, columns)).isEqualTo(strip);
  }

  @Test
  void largeResult_thatLeavesNoRoom_isCutAndTheAccumulatorDoubled() {
    Kernel kernel = matmul(FP8_E4M3, BF16, 256, 3, Path.STAGED);
    assertThat(buffer(kernel, "acc").slots()).isEqualTo(2);
    assertThat(buffer(kernel, "c_out").shape()).containsExactly(32, 512);
    assertThat(kernel.explain().text()).contains("repeat %strip");
  }

  @Test
  void result_thatFitsBesideTwoAccumulators_leavesWhole() {
    Kernel kernel = matmul(FP8_E4M3, BF16, 128, 2, Path.STAGED);
    assertThat(buffer(kernel, "acc").slots()).isEqualTo(2);
    assertThat(buffer(kernel, "c_out").shape()).containsExactly(512, 512);
  }

  @Test
  void result_thatCannotMakeRoom_leavesWhole() {
    Kernel kernel = matmul(FP8_E4M3, BF16, 256, 4, Path.STAGED);
    assertThat(buffer(kernel, "acc").slots()).isEqualTo(1);
    assertThat(buffer(kernel, "c_out").shape()).containsExactly(512, 512);
  }

  @Test
  void product_inStrips_equalsHost_atRaggedSizes() {
    int m = 1300;
    int n = 700;
    int k = 70;
    HostArray a = Values.array(1, BF16, m, k);
    HostArray b = Values.array(2, BF16, k, n);
    float[] expected = Values.matmul(a.toFloats(), b.toFloats(), m, n, k);
    for (Path path : Path.values()) {
      HostArray c = HostArray.zeros(BF16, m, n);
      Kernel kernel = matmul(BF16, BF16, 64, 5, path);
      assertThat(buffer(kernel, "c_out").shape()).containsExactly(32, 512);
      kernel.grid(3, 6).on(new OnSim(Chip.MAIA_200)).run(a, b, c);
      assertThat(c.toFloats()).isEqualTo(Values.round(expected, BF16));
    }
  }

  @Test
  void epilogue_withBiasAndActivation_isCutAsWell() {
    int m = 600;
    int n = 1100;
    int k = 64;
    HostArray x = Values.array(1, BF16, m, k);
    HostArray w = Values.array(2, BF16, n, k);
    HostArray bias = Values.array(3, F32, n);
    float[] expected = Values.matmulTransposed(x.toFloats(), w.toFloats(), m, n, k);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Math.max(0, expected[i] + bias.toFloats()[i % n]);
    }
    Kernel kernel =
        Linear.KERNEL
            .with("BM", 512)
            .with("BN", 512)
            .with("BK", 64)
            .with("BIAS", true)
            .with("ACT", Activation.RELU);
    HostArray y = HostArray.zeros(F32, m, n);
    assertThat(buffer(kernel, "y_out").shape()).containsExactly(32, 512);
    kernel.grid(2, 3).on(new OnSim(Chip.MAIA_200)).run(x, w, bias, y);
    assertThat(y.toFloats()).isEqualTo(expected);
  }

  /// GELU reads its argument twice, so a step between has a buffer of its own: a strip as well.
  @Test
  void epilogue_withAStepBetween_keepsAStripOfIt() {
    Kernel kernel =
        Linear.KERNEL
            .with("BM", 512)
            .with("BN", 512)
            .with("BK", 64)
            .with("Y", BF16)
            .with("BIAS", true)
            .with("ACT", Activation.GELU);
    List<Program.Buffer> buffers =
        Compiler.compile(kernel.trace().func(), Chip.MAIA_200).program().buffers();
    assertThat(buffers)
        .noneMatch(b -> b.space() != Space.ACC && b.shape().equals(List.of(512, 512)));
    int m = 600;
    int n = 530;
    HostArray y = HostArray.zeros(BF16, m, n);
    kernel
        .grid(2, 2)
        .on(new OnSim(Chip.MAIA_200))
        .run(
            Values.array(1, BF16, m, 64), Values.array(2, BF16, n, 64), Values.array(3, F32, n), y);
    float least = 0;
    for (float value : y.toFloats()) {
      least = Math.min(least, value);
    }
    assertThat(least).isCloseTo(-0.17f, within(0.001f));
  }
}
