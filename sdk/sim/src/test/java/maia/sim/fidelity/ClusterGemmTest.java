package maia.sim.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.MatMul;
import maia.sim.Launch;
import maia.sim.Options;
import maia.sim.RunRecord;
import maia.sim.Simulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterGemmTest {
  private static float[] random(int count, long seed) {
    var random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  private static RunRecord run(
      Machine machine, GemmShape shape, List<HostArray> arrays, int... scalars) {
    return Simulator.on(machine)
        .run(
            ClusterGemm.program(machine, shape),
            new Launch(
                List.copyOf(arrays),
                List.of(scalars[0], scalars[1], scalars[2], scalars[3]),
                List.of(),
                Options.defaults()));
  }

  private static void assertEqualsHost(
      Machine machine, GemmShape shape, int m, int n, int k, int... scalars) {
    var arrays =
        List.of(
            HostArray.of(random(m * k, 1), shape.type(), m, k),
            HostArray.of(random(k * n, 2), shape.type(), k, n),
            HostArray.zeros(shape.result(), m, n));
    run(machine, shape, arrays, scalars);
    float[] expected = new float[m * n];
    float[] a = arrays.get(0).toFloats();
    float[] b = arrays.get(1).toFloats();
    MatMul.multiplyAdd(m, n, k, a, 0, k, 1, b, 0, n, 1, expected, 0, n);
    assertThat(arrays.get(2).toFloats())
        .isEqualTo(HostArray.of(expected, shape.result(), m, n).toFloats());
  }

  @ParameterizedTest
  @CsvSource({
    "64, 64, 64, 2, 1, 32, 64",
    "32, 64, 16, 1, 1, 32, 64",
    "100, 130, 70, 4, 3, 32, 32",
    "33, 31, 257, 2, 1, 32, 32",
    "1, 1, 1, 1, 1, 32, 32",
    "96, 64, 200, 3, 1, 32, 64"
  })
  void gemm_onTheToyChip_equalsTheHost(int m, int n, int k, int r, int c, int ur, int uc) {
    var shape = new GemmShape(DType.BF16, DType.BF16, 1, 2, 32, 32, 32, 2, 1, 2, 1);
    assertEqualsHost(Chip.TOY, shape, m, n, k, r, c, ur, uc);
  }

  @Test
  void gemm_ofFewRows_equalsTheHost() {
    var shape = new GemmShape(DType.BF16, DType.BF16, 1, 9, 32, 128, 32, 4, 4, 3, 1);
    assertEqualsHost(Chip.MAIA_200, shape, 5, 1500, 100, 1, 4, 32, 32);
  }

  @ParameterizedTest
  @CsvSource({
    "BF16, 192, 192, 96, 1, 4, 96, 96",
    "BF16, 200, 130, 100, 2, 2, 96, 96",
    "FP8_E4M3, 384, 96, 64, 4, 1, 96, 96"
  })
  void gemm_onMaia_equalsTheHost(DType type, int m, int n, int k, int r, int c, int ur, int uc) {
    var shape = new GemmShape(type, DType.BF16, 3, 3, 64, 64, 32, 4, 2, 2, 2);
    assertEqualsHost(Chip.MAIA_200, shape, m, n, k, r, c, ur, uc);
  }
}
