package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3;
import static maia.numerics.DType.I32;
import static org.assertj.core.api.Assertions.assertThat;

import maia.kernel.library.CrossEntropy;
import maia.kernel.library.LayerNorm;
import maia.kernel.library.QuantiseRows;
import maia.kernel.library.Reduction;
import maia.kernel.library.RmsNorm;
import maia.kernel.library.Softmax;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The blocks that the factories choose fit into tile memory, for short, odd and very long rows.
class ChosenBlocksTest {
  @ParameterizedTest
  @CsvSource({"100, 64", "40, 3001", "2, 20000", "1, 200000"})
  void rowKernels_chosenBlocks_fitEveryMachine(int m, int n) {
    for (Machine machine : new Machine[] {Chip.TOY, Chip.MAIA_200}) {
      for (DType type : new DType[] {F32, BF16}) {
        rows(m, n, type, machine);
        gradients(m, n, type, machine);
      }
    }
  }

  private static void rows(int m, int n, DType type, Machine machine) {
    HostArray x = HostArray.meta(type, m, n);
    HostArray w = HostArray.meta(F32, n);
    HostArray row = HostArray.meta(F32, m);
    HostArray fp8 = HostArray.meta(FP8_E4M3, m, n);
    HostArray mx = HostArray.meta(BlockFormat.MXFP8_E4M3, m, n);
    time(Softmax.wide(m, n, type, machine), machine, x, x);
    time(RmsNorm.over(RmsNorm.KERNEL.with("TYPE", type), m, n, machine), machine, x, w, x, 1e-5f);
    Kernel toFp8 = RmsNorm.TO_FP8.with("TYPE", type);
    time(RmsNorm.over(toFp8, m, n, machine), machine, x, w, fp8, row, 1e-5f);
    Kernel toBlocks = RmsNorm.TO_BLOCKS.with("TYPE", type);
    time(RmsNorm.over(toBlocks, m, n, machine), machine, x, w, mx, 1e-5f);
    HostArray f32 = HostArray.meta(F32, m, n);
    time(QuantiseRows.byRow(m, n, FP8_E4M3, machine), machine, f32, fp8, row);
    time(Reduction.last(Reduction.Op.SUM, m, n, F32, machine), machine, f32, row);
  }

  private static void gradients(int m, int n, DType type, Machine machine) {
    HostArray x = HostArray.meta(type, m, n);
    HostArray w = HostArray.meta(F32, n);
    HostArray row = HostArray.meta(F32, m);
    HostArray target = HostArray.meta(I32, m);
    time(LayerNorm.forward(m, n, type, machine), machine, x, w, w, x, row, row, 1e-5f);
    time(LayerNorm.backward(m, n, type, machine), machine, x, x, w, row, row, x);
    time(LayerNorm.backwardWeights(n, type), machine, x, x, row, row, w, w);
    KernelLaunch loss = CrossEntropy.over(CrossEntropy.FORWARD, m, n, type, machine);
    time(loss, machine, x, target, row, row);
    KernelLaunch gradient = CrossEntropy.over(CrossEntropy.BACKWARD, m, n, type, machine);
    time(gradient, machine, x, target, row, row, x);
  }

  private static void time(KernelLaunch launch, Machine machine, Object... arguments) {
    assertThat(launch.on(new OnSim(machine)).timing(arguments).cycles()).isPositive();
  }
}
