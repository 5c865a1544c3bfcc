package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.numerics.BlockFormat;
import maia.numerics.ScaleRule;

/// An F32 matrix in an MX format or NVFP4: blocks along the rows; MX scales by [ScaleRule#FLOOR],
/// those of NVFP4 with a tensor scale of 1.
public final class Quantise {
  private static final int ROWS = 16;
  private static final int COLUMNS = 256;

  /// Metas: `FORMAT`, the block format; `ROWS` and `COLUMNS` of a program. Arguments: `x`, `y`,
  /// both of the same sizes; a last block that is not full is padded with zeros.
  public static final Kernel KERNEL =
      Kernel.define(
          "quantise",
          k -> {
            BlockFormat format = k.meta("FORMAT", BlockFormat.MXFP4);
            int rows = k.meta("ROWS", ROWS);
            int columns = k.meta("COLUMNS", COLUMNS);
            var x = k.in("x", F32, 2);
            var y = k.out("y", format, 2);
            var across = x.size(1).cdiv(columns);
            var m = k.programId(0).div(across).mul(rows);
            var n = k.programId(0).rem(across).mul(columns);
            var tile = x.block(rows, columns).at(m, n).load();
            y.block(rows, columns).at(m, n).store(k.quantize(tile, format, ScaleRule.FLOOR));
          });

  private Quantise() {}

  /// The kernel for a matrix of `rows` x `columns`.
  public static KernelLaunch over(long rows, long columns, BlockFormat format) {
    return KERNEL.with("FORMAT", format).grid(cdiv(rows, ROWS) * cdiv(columns, COLUMNS));
  }
}
