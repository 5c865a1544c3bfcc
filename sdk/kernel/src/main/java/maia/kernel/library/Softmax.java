package maia.kernel.library;

import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F32;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.DType;

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

  /// Softmax of rows of any length. Where one block holds a row, several rows at once; else in
  /// blocks of columns: one pass finds the largest element and the sum as it goes, a second one
  /// writes. Metas: `TYPE` (F32), and those of row kernels: `ROWS`, `BLOCK`, `WHOLE`, `STAGES`;
  /// `SAFE`, whether a row of nothing but minus infinity gives zeros (it gives NaN without).
  /// Arguments: `in`, `out`, both `[rows, columns]`. Arithmetic is binary32 and rounds once to the
  /// type.
  public static final Kernel WIDE =
      Kernel.define(
          "softmax",
          k -> {
            DType type = k.meta("TYPE", F32);
            boolean isSafe = k.meta("SAFE", false);
            var in = k.in("in", type, 2);
            var out = k.out("out", type, 2);
            var rows = new RowBlocks(k, in);
            if (rows.isWhole()) {
              var x = rows.load(in, k.scalar(0), Double.NEGATIVE_INFINITY);
              var largest = isSafe ? x.amax(1).max(FlashAttention.LOWEST) : x.amax(1);
              var e = x.sub(largest.col()).exp();
              rows.store(out, k.scalar(0), e.div(divisor(e.sum(1), isSafe).col()));
              return;
            }
            var top = k.var(k.full(F32, FlashAttention.LOWEST, rows.rows()));
            var total = k.var(k.zeros(F32, rows.rows()));
            rows.each(n -> {
              var x = rows.load(in, n, Double.NEGATIVE_INFINITY);
              var higher = top.get().max(x.amax(1));
              var added = x.sub(higher.col()).exp().sum(1);
              total.set(total.get().mul(top.get().sub(higher).exp()).add(added));
              top.set(higher);
            });
            Tile divisor = divisor(total.get(), isSafe);
            rows.each(n -> {
              var e = rows.load(in, n, Double.NEGATIVE_INFINITY).sub(top.get().col()).exp();
              rows.store(out, n, e.div(divisor.col()));
            });
          });

  /// The logarithm of [#WIDE], `(x - max) - log(sum)`. Metas and arguments as there.
  public static final Kernel LOGARITHM =
      Kernel.define(
          "log_softmax",
          k -> {
            DType type = k.meta("TYPE", F32);
            var in = k.in("in", type, 2);
            var out = k.out("out", type, 2);
            var rows = new RowBlocks(k, in);
            var top = k.var(k.full(F32, FlashAttention.LOWEST, rows.rows()));
            var total = k.var(k.zeros(F32, rows.rows()));
            rows.each(n -> {
              var x = rows.load(in, n, Double.NEGATIVE_INFINITY);
              var higher = top.get().max(x.amax(1));
              var added = x.sub(higher.col()).exp().sum(1);
              total.set(total.get().mul(top.get().sub(higher).exp()).add(added));
              top.set(higher);
            });
            var log = total.get().log().col();
            rows.each(n -> {
              var distance = rows.load(in, n, 0).sub(top.get().col());
              rows.store(out, n, distance.sub(log));
            });
          });

  private Softmax() {}

  private static Tile divisor(Tile sum, boolean isSafe) {
    return isSafe ? sum.eq(0).where(1.0, sum) : sum;
  }

  /// [#LOGARITHM] for a matrix of `rows` x `columns` of `type`.
  public static KernelLaunch logarithm(long rows, long columns, DType type, Machine machine) {
    return RowBlocks.over(LOGARITHM.with("TYPE", type), rows, columns, 2, machine);
  }

  /// [#WIDE] for an F32 matrix of `rows` x `columns` in which rows may be hidden altogether.
  public static KernelLaunch safe(long rows, long columns, Machine machine) {
    return RowBlocks.over(WIDE.with("SAFE", true), rows, columns, 2, machine);
  }

  /// [#WIDE] for a matrix of `rows` x `columns` of `type`.
  public static KernelLaunch wide(long rows, long columns, DType type, Machine machine) {
    return RowBlocks.over(WIDE.with("TYPE", type), rows, columns, 2, machine);
  }

  /// The kernel for a matrix of `rows` x `columns`, one program per tile of `machine` at most.
  public static KernelLaunch over(long rows, long columns, Machine machine) {
    int programs = Math.toIntExact(Math.max(1, Math.min(rows, machine.tiles())));
    return KERNEL.with("BLOCK", nextPow2(columns)).grid(programs);
  }
}
