package maia.kernel.library;

import static maia.numerics.DType.F32;
import static maia.numerics.DType.I64;

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

  /// As [#KERNEL] for I64, exact: a sum that does not fit stops the run. Metas: `BLOCK`, elements
  /// of a block. Arguments: `x`, `y`, both `[M, N]`. Grid: rows.
  public static final Kernel WHOLE_NUMBERS =
      Kernel.define(
          "cumsum_integers",
          k -> {
            int block = k.meta("BLOCK", 1024);
            var x = k.in("x", I64, 2);
            var y = k.out("y", I64, 2);
            var row = k.programId(0);
            var before = k.var(k.scalar(0));
            k.range(0, x.size(1), block)
                .stages(2)
                .each(n -> {
                  var c = n.add(k.arange(block));
                  var mask = c.lt(x.size(1));
                  var v = x.at(row, c).load(mask);
                  y.at(row, c).store(v.cumsum(0).add(before.get()), mask);
                  before.inc(v.sum(0));
                });
          });

  private Cumsum() {}

  /// [#WHOLE_NUMBERS] for a matrix of `rows` x `columns`.
  public static KernelLaunch integers(long rows, long columns) {
    int block = Math.min(1024, Kernel.nextPow2(columns));
    return WHOLE_NUMBERS.with("BLOCK", block).grid(Math.toIntExact(rows));
  }

  /// The kernel for a matrix of `rows` x `columns` of `type`.
  public static KernelLaunch over(long rows, long columns, DType type, Machine machine) {
    return RowBlocks.over(KERNEL.with("TYPE", type), rows, columns, 3, machine);
  }
}
