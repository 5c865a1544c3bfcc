package maia.kernel.library;

import static maia.numerics.DType.F32;

import maia.base.Check;
import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.DType;

/// Sum, mean, largest or smallest element along one axis of an array, which is seen as `[outer,
/// axis, inner]`.
///
/// Sums are binary32: over a block of the axis in the fixed order of reductions, then over the
/// blocks in ascending order; the mean divides once by the length. NaN elements are passed over by
/// MAX and MIN, unless there is nothing else. The result rounds once to the type.
public final class Reduction {
  private static final int ELEMENTS = 16_384;

  /// The fewest columns of a block: 64 bytes of F32.
  private static final int NARROW = 16;

  /// Metas: `TYPE` (F32), `OP` (SUM), `ROWS` and `BLOCK`, sizes of a block along the axis and along
  /// `inner`; `STAGES`. Arguments: `x[outer, axis, inner]`, `y[outer, inner]`. Grid: blocks of
  /// `inner`, `outer`.
  public static final Kernel KERNEL =
      Kernel.define(
          "reduction",
          k -> {
            DType type = k.meta("TYPE", F32);
            Op op = k.meta("OP", Op.SUM);
            int high = k.meta("ROWS", 64);
            int block = k.meta("BLOCK", 64);
            var x = k.in("x", type, 3);
            var y = k.out("y", type, 2);
            var outer = k.programId(1);
            var i = k.programId(0).mul(block).add(k.arange(block));
            var acc = k.var(k.full(F32, op.neutral, block));
            k.range(0, x.size(1), high)
                .stages(k.meta("STAGES", 2))
                .each(m -> {
                  var a = m.add(k.arange(high)).col();
                  Mask mask = a.lt(x.size(1)).and(i.row().lt(x.size(2)));
                  Tile v = RowBlocks.filled(x.at(outer, a, i.row()), x, mask, op.neutral);
                  acc.set(
                      switch (op) {
                        case SUM, MEAN -> acc.get().add(v.sum(0));
                        case MAX -> acc.get().max(v.amax(0));
                        case MIN -> acc.get().min(v.amin(0));
                      });
                });
            Tile r = op == Op.MEAN ? acc.get().div(x.size(1).to(F32)) : acc.get();
            y.at(outer, i).store(r.to(type), i.lt(x.size(2)));
          });

  /// As [#KERNEL] along the last axis of `[rows, columns]`. Metas: `TYPE`, `OP`, `ROWS` and
  /// `BLOCK`, rows and columns of a block; `STAGES`. Arguments: `x[rows, columns]`, `y[rows]`.
  /// Grid: blocks of rows.
  public static final Kernel LAST =
      Kernel.define(
          "reduction_last",
          k -> {
            DType type = k.meta("TYPE", F32);
            Op op = k.meta("OP", Op.SUM);
            var x = k.in("x", type, 2);
            var y = k.out("y", type, 1);
            var rows = new RowBlocks(k, x);
            var acc = k.var(k.full(F32, op.neutral, rows.rows()));
            rows.each(n -> {
              Tile v = rows.load(x, n, op.neutral);
              acc.set(
                  switch (op) {
                    case SUM, MEAN -> acc.get().add(v.sum(1));
                    case MAX -> acc.get().max(v.amax(1));
                    case MIN -> acc.get().min(v.amin(1));
                  });
            });
            Tile r = op == Op.MEAN ? acc.get().div(rows.count()) : acc.get();
            rows.storeRows(y, r.to(type));
          });

  /// What is computed.
  public enum Op {
    /// The sum.
    SUM(0),
    /// The sum over the length.
    MEAN(0),
    /// The largest element.
    MAX(Double.NaN),
    /// The smallest element.
    MIN(Double.NaN);

    private final double neutral;

    Op(double neutral) {
      this.neutral = neutral;
    }
  }

  private Reduction() {}

  /// The kernel for `[outer, axis, inner]` of `type`, `inner` above 1; see [#LAST] for 1.
  public static KernelLaunch over(
      Op op, long outer, long axis, long inner, DType type, Machine machine) {
    Check.argument(
        outer > 0 && axis > 0 && inner > 0,
        "reduction: sizes must be positive, were %d, %d, %d",
        outer,
        axis,
        inner);
    int block = Math.min(512, Kernel.nextPow2(inner));
    while (block > NARROW && outer * Math.ceilDiv(inner, (long) block) < machine.tiles()) {
      block /= 2;
    }
    int high = Math.min(Kernel.nextPow2(axis), ELEMENTS / block);
    return KERNEL
        .with("TYPE", type)
        .with("OP", op)
        .with("ROWS", high)
        .with("BLOCK", block)
        .grid(Kernel.cdiv(inner, block), Math.toIntExact(outer));
  }

  /// [#LAST] for a matrix of `rows` x `columns` of `type`.
  public static KernelLaunch last(Op op, long rows, long columns, DType type, Machine machine) {
    return RowBlocks.over(LAST.with("TYPE", type).with("OP", op), rows, columns, 1, machine);
  }
}
