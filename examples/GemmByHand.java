import static maia.npl.Npl.ADD;
import static maia.npl.Npl.CLEAR;
import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;

import java.util.Arrays;
import java.util.List;
import maia.machine.Chip;
import maia.npl.Npl;
import maia.npl.NplException;
import maia.npl.Program;
import maia.sim.Launch;
import maia.sim.Simulator;
import maia.tensor.Tensor;

/// A matrix product on one tile, written by hand as queues and semaphores: with one slot per operand, with two, and
/// with a mistake. Run it with `./maia run examples/GemmByHand.java`.
static final int M = 128;
static final int N = 128;
static final int K = 1024;
static final int BK = 64;

static Program gemm(int slots, boolean forgetsToWait) {
  return Npl.program(
      "gemm_tile",
      t -> {
        var A = t.hbm("A", BF16, M, K);
        var B = t.hbm("B", BF16, K, N);
        var C = t.hbm("C", BF16, M, N);
        var a = t.sram("a", BF16, slots, M, BK);
        var b = t.sram("b", BF16, slots, BK, N);
        var acc = t.acc("acc", F32, M, N);
        var out = t.sram("out", BF16, 1, M, N);

        var full = t.sems("full", slots, 0); // DMA -> TTU: the slot holds data
        var free = t.sems("free", slots, 1); // TTU -> DMA: the slot may be overwritten
        var summed = t.sem("summed", 0); // TTU -> TVP
        var ready = t.sem("ready", 0); // TVP -> store

        var in = t.dma(0);
        var ttu = t.ttu();
        var tvp = t.tvp();
        var store = t.dma(1);

        for (int s = 0; s < K / BK; s++) {
          int p = s % slots;
          in.waitFor(free[p])
              .copy(A.at(0, s * BK, M, BK), a.slot(p))
              .copy(B.at(s * BK, 0, BK, N), b.slot(p))
              .signal(full[p]);
          if (!forgetsToWait) {
            ttu.waitFor(full[p]);
          }
          ttu.mma(acc, a.slot(p), b.slot(p), s == 0 ? CLEAR : ADD).signal(free[p]);
        }
        ttu.signal(summed);
        tvp.waitFor(summed).relu(acc, out).signal(ready);
        store.waitFor(ready).copy(out, C.at(0, 0, M, N));
      });
}

void main() {
  var a = Tensor.randn(F32, 1, M, K).to(BF16);
  var b = Tensor.randn(F32, 2, K, N).to(BF16);
  var c = Tensor.empty(BF16, M, N);
  var chip = Simulator.on(Chip.MAIA_200.atClock(2.0e9));
  for (int slots = 1; slots <= 3; slots++) {
    var run = chip.run(gemm(slots, false), Launch.of(List.of(a, b, c)));
    IO.println("%d slot(s): %,d cycles, bound by %s".formatted(slots, run.cycles(), run.bound()));
  }
  var host = a.matmul(b, F32).relu().to(BF16);
  IO.println("same bits as the host: " + Arrays.equals(c.toArray(), host.toArray()));
  try {
    chip.run(gemm(2, true), Launch.of(List.of(a, b, c)));
  } catch (NplException mistake) {
    IO.println(mistake.category() + ": " + mistake.getMessage());
  }
}
