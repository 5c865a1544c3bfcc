package maia.kernel.library;

import static maia.numerics.DType.F32;

import maia.kernel.BlockArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.MxTile;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.ScaleRule;

/// An F32 matrix in an MX format or NVFP4, with the bits of [maia.numerics.BlockCodec]: blocks
/// along the rows. The tensor scale of NVFP4 is the one that `y` has, which the caller has chosen.
public final class Quantise {
  /// Metas: `FORMAT`, the block format; `RULE` of MX scales (FLOOR; MXINT8 is not searched by MSE);
  /// `ROWS` and `COLUMNS` of a program. Arguments: `x`, `y`, both of the same sizes; a last block
  /// that is not full is padded with zeros.
  public static final Kernel KERNEL =
      Kernel.define(
          "quantise",
          k -> {
            BlockFormat format = k.meta("FORMAT", BlockFormat.MXFP4);
            ScaleRule rule = k.meta("RULE", ScaleRule.FLOOR);
            int rows = k.meta("ROWS", 16);
            int columns = k.meta("COLUMNS", 256);
            var x = k.in("x", F32, 2);
            var y = k.out("y", format, 2);
            var across = x.size(1).cdiv(columns);
            var m = k.programId(0).div(across).mul(rows);
            var n = k.programId(0).rem(across).mul(columns);
            var tile = x.block(rows, columns).at(m, n).load();
            y.block(rows, columns).at(m, n).store(quantised(k, tile, y, rule));
          });

  private Quantise() {}

  /// `tile` for a place in `y`, MX scales by FLOOR.
  static MxTile quantised(KernelContext k, Tile tile, BlockArrayArg y) {
    return quantised(k, tile, y, ScaleRule.FLOOR);
  }

  private static MxTile quantised(KernelContext k, Tile tile, BlockArrayArg y, ScaleRule rule) {
    if (y.format().equals(BlockFormat.NVFP4)) {
      return BlockScales.nvfp4(tile, y.tensorScale());
    }
    return y.format().equals(BlockFormat.MXINT8)
        ? BlockScales.mxint8(tile, rule)
        : k.quantize(tile, y.format(), rule);
  }

  /// The kernel for a matrix of `rows` x `columns`, MX scales by FLOOR.
  public static KernelLaunch over(long rows, long columns, BlockFormat format, Machine machine) {
    return over(rows, columns, format, ScaleRule.FLOOR, machine);
  }

  /// The kernel for a matrix of `rows` x `columns`.
  public static KernelLaunch over(
      long rows, long columns, BlockFormat format, ScaleRule rule, Machine machine) {
    Kernel kernel = KERNEL.with("FORMAT", format).with("RULE", rule);
    return BlockGrid.of(rows, columns, machine).launch(kernel, rows, columns);
  }
}
