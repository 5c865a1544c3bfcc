package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// An F32 matrix in a narrow float type or I8 with F32 scales, one per row or one per group of
/// columns: `y * scale` is `x`.
///
/// A scale is the largest magnitude over the largest value of the type, 1 where all are zero.
/// Quotients are binary32 and round once, to nearest even, saturating.
public final class QuantiseRows {
  private static final int HIGH = 16;

  /// One scale per row. Metas: `TYPE` of `x` (F32), `TO` (FP8_E4M3), those of row kernels.
  /// Arguments: `x`, `y[M,N]`, `scale[M]`.
  public static final Kernel ROW =
      Kernel.define(
          "quantise_rows",
          k -> {
            DType to = k.meta("TO", DType.FP8_E4M3);
            var x = k.in("x", k.meta("TYPE", F32), 2);
            var y = k.out("y", to, 2);
            var scale = k.out("scale", F32, 1);
            var rows = new RowBlocks(k, x);
            var most = k.var(k.zeros(F32, rows.rows()));
            rows.each(n -> most.set(most.get().max(rows.load(x, n, 0).abs().amax(1))));
            Tile s = scale(most.get(), to);
            rows.each(n -> rows.store(y, n, rows.load(x, n, 0).div(s.col())));
            rows.storeRows(scale, s);
          });

  /// One scale per row and group of columns. Metas: `TYPE` of `x` (F32), `TO` (FP8_E4M3), `SIZE` of
  /// a group, a power of two (128), `ROWS`, `STAGES`. Arguments: `x`, `y[M,N]`, `scale[M, G]` with
  /// a group of columns per column.
  public static final Kernel GROUP =
      Kernel.define(
          "quantise_groups",
          k -> {
            DType to = k.meta("TO", DType.FP8_E4M3);
            int size = k.meta("SIZE", 128);
            int high = k.meta("ROWS", HIGH);
            var x = k.in("x", k.meta("TYPE", F32), 2);
            var y = k.out("y", to, 2);
            var scale = k.out("scale", F32, 2);
            var m = k.programId(0).mul(high);
            var row = m.add(k.arange(high));
            k.range(0, scale.size(1))
                .stages(k.meta("STAGES", 2))
                .each(g -> {
                  var n = g.mul(size);
                  var v = x.block(high, size).at(m, n).load().to(F32);
                  Tile s = scale(v.abs().amax(1), to);
                  y.block(high, size).at(m, n).store(v.div(s.col()).to(to, Rounding.NEAREST_EVEN));
                  scale.at(row, g).store(s, row.lt(x.size(0)));
                });
          });

  private QuantiseRows() {}

  /// The scale for a largest magnitude.
  static Tile scale(Tile most, DType to) {
    Codec codec = Codec.of(to);
    float largest =
        codec.decode(codec.encode(Float.MAX_VALUE, Rounding.NEAREST_EVEN, Overflow.SATURATE));
    return most.eq(0).where(1.0, most.div(largest));
  }

  /// [#ROW] for a matrix of `rows` x `columns` into `to`.
  public static KernelLaunch byRow(long rows, long columns, DType to, Machine machine) {
    return RowBlocks.over(ROW.with("TO", to), rows, columns, 2, machine);
  }

  /// [#GROUP] for a matrix of `rows` rows into `to`, groups of `size` columns.
  public static KernelLaunch byGroup(long rows, int size, DType to) {
    return GROUP.with("TO", to).with("SIZE", size).grid(cdiv(rows, HIGH));
  }
}
