package maia.kernel.library;

import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F32;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.machine.Machine;

/// Softmax of each row of an F32 matrix: `exp(x - max) / sum`.
///
/// Each program walks rows with a stride of the grid. Metas: `BLOCK`, a power of two of at least
/// the columns; `STAGES`, rows in flight.
public final class Softmax {
  /// Arguments: `in`, `out`, both `[rows, columns]`.
  public static final Kernel KERNEL =
      Kernel.define(
          "softmax",
          k -> {
            var in = k.in("in", F32, 2);
            var out = k.out("out", F32, 2);
            int block = k.meta("BLOCK", 1024);
            int stages = k.meta("STAGES", 2);

            var col = k.arange(block);
            var mask = col.lt(in.size(1));
            k.range(k.programId(0), in.size(0), k.numPrograms(0))
                .stages(stages)
                .each(row -> {
                  var v = in.at(row, col).load(mask, Float.NEGATIVE_INFINITY);
                  var e = v.sub(v.amax(0)).exp();
                  out.at(row, col).store(e.div(e.sum(0)), mask);
                });
          });

  private Softmax() {}

  /// The kernel for a matrix of `rows` x `columns`, one program per tile of `machine` at most.
  public static KernelLaunch over(long rows, long columns, Machine machine) {
    int programs = Math.toIntExact(Math.max(1, Math.min(rows, machine.tiles())));
    return KERNEL.with("BLOCK", nextPow2(columns)).grid(programs);
  }
}
