package maia.kernel.library;

import static maia.numerics.DType.F32;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.MxTile;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.BlockFormat;

/// The values of a matrix in an MX format or NVFP4, in F32: each element times the scale of its
/// block, then times the tensor scale where the format has one.
public final class Dequantise {
  /// Codes of MXINT8 count 64ths.
  private static final int STEPS = 64;

  /// Metas: `FORMAT`, the block format; `ROWS` and `COLUMNS` of a program. Arguments: `x`, `y`,
  /// both of the same sizes.
  public static final Kernel KERNEL =
      Kernel.define(
          "dequantise",
          k -> {
            BlockFormat format = k.meta("FORMAT", BlockFormat.MXFP4);
            int rows = k.meta("ROWS", 16);
            int columns = k.meta("COLUMNS", 256);
            var x = k.in("x", format, 2);
            var y = k.out("y", F32, 2);
            var across = x.size(1).cdiv(columns);
            var m = k.programId(0).div(across).mul(rows);
            var n = k.programId(0).rem(across).mul(columns);
            MxTile tile = x.block(rows, columns).at(m, n).load();
            int block = format.block();
            Tile codes = tile.elements().to(F32);
            Tile plain = format.equals(BlockFormat.MXINT8) ? codes.div(STEPS) : codes;
            Tile elements = plain.reshape(rows, columns / block, block);
            Tile values = elements.mul(tile.scales().to(F32).unsqueeze(2)).reshape(rows, columns);
            Tile scaled = format.tensorScale() ? values.mul(x.tensorScale()) : values;
            y.block(rows, columns).at(m, n).store(scaled);
          });

  private Dequantise() {}

  /// The kernel for a matrix of `rows` x `columns`.
  public static KernelLaunch over(long rows, long columns, BlockFormat format, Machine machine) {
    Kernel kernel = KERNEL.with("FORMAT", format);
    return BlockGrid.of(rows, columns, machine).launch(kernel, rows, columns);
  }
}
