package maia.kernel.library;

import static maia.numerics.DType.F32;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.machine.Machine;
import maia.numerics.DType;

/// Running sums along the rows of a matrix. Sums are binary32, one chain in ascending column within
/// a block, added to the sum of the blocks before it; each result rounds once.
public final class Cumsum {
  /// Metas: `TYPE` (F32), those of row kernels: `ROWS`, `BLOCK`, `WHOLE`, `STAGES`. Arguments: `x`,
  /// `y`, both `[M, N]`.
  public static final Kernel KERNEL =
      Kernel.define(
          "cumsum",
          k -> {
            DType type = k.meta("TYPE", F32);
            var x = k.in("x", type, 2);
            var y = k.out("y", type, 2);
            var rows = new RowBlocks(k, x);
            var before = k.var(k.zeros(F32, rows.rows()));
            rows.each(n -> {
              var v = rows.load(x, n, 0);
              var sums = v.cumsum(1).add(before.get().col());
              rows.store(y, n, sums);
              before.inc(v.sum(1));
            });
          });

  private Cumsum() {}

  /// The kernel for a matrix of `rows` x `columns` of `type`.
  public static KernelLaunch over(long rows, long columns, DType type, Machine machine) {
    return RowBlocks.over(KERNEL.with("TYPE", type), rows, columns, 3, machine);
  }
}
