import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;

import java.util.Arrays;
import java.util.List;
import maia.machine.Chip;
import maia.sim.Options;
import maia.sim.Simulator;
import maia.sim.fidelity.GemmPlan;
import maia.tensor.Tensor;

/// A matrix product on all 36 tiles, written by hand: panels shared by the nine tiles of a cluster, double-buffered sums,
/// ragged edges by run-time sizes. First the bits of a small product, then the time of a large one and where it goes, then
/// what its program declares. Run it with `./maia run examples/ClusterGemm.java`.
void main() {
  var chip = Chip.MAIA_200.atClock(2.0e9);
  var a = Tensor.randn(F32, 1, 300, 200).to(BF16);
  var b = Tensor.randn(F32, 2, 200, 260).to(BF16);
  var c = Tensor.empty(BF16, 300, 260);
  var small = GemmPlan.of(chip, BF16, 300, 260, 200);
  Simulator.on(chip).run(small.program(chip), small.launch(List.of(a, b, c), Options.defaults()));
  var host = a.matmul(b, F32).to(BF16);
  IO.println("same bits as the host: " + Arrays.equals(c.toArray(), host.toArray()));

  var large = GemmPlan.of(chip, BF16, 9216, 9216, 9216);
  var run = Simulator.on(chip).run(large.program(chip), large.timing());
  IO.println(run);
  IO.println(
      "%.2f %% of the peak".formatted(100 * large.flops() / run.seconds() / chip.peakFlops(BF16)));
  var ttu = run.counters().stalls().stream().filter(s -> s.tile() == 0 && s.queue().equals("ttu")).toList();
  ttu.forEach(s ->
      IO.println("  ttu of tile 0 lost %.3f us: %s %s".formatted(
          s.picoseconds() * 1e-6, s.reason().name().toLowerCase(), s.detail())));
  large.program(chip).toString().lines().takeWhile(line -> !line.contains("queue")).forEach(IO::println);
}
