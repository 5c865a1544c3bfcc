package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.numerics.DType;

/// A matrix with rows and columns exchanged, in blocks. Values are copied, not rounded.
public final class Transpose {
  private static final int BLOCK = 64;

  /// Metas: `TYPE` (F32), `BLOCK`, rows and columns of a block. Arguments: `x[M,N]`, `y[N,M]`.
  /// Grid: blocks of rows, blocks of columns.
  public static final Kernel KERNEL =
      Kernel.define(
          "transpose",
          k -> {
            DType type = k.meta("TYPE", DType.F32);
            int block = k.meta("BLOCK", BLOCK);
            var x = k.in("x", type, 2);
            var y = k.out("y", type, 2);
            var m = k.programId(0).mul(block);
            var n = k.programId(1).mul(block);
            y.block(block, block).at(n, m).store(x.block(block, block).at(m, n).load().t());
          });

  private Transpose() {}

  /// The kernel for a matrix of `rows` x `columns` of `type`.
  public static KernelLaunch over(long rows, long columns, DType type) {
    return KERNEL.with("TYPE", type).grid(cdiv(rows, BLOCK), cdiv(columns, BLOCK));
  }
}
