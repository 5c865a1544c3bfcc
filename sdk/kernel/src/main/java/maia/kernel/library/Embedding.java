package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.I32;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.numerics.DType;

/// Rows of a table by index: the embedding of tokens. Values are copied, not rounded; an index
/// outside the table stops the run.
public final class Embedding {
  private static final int ROWS = 32;

  /// Metas: `TYPE` (BF16); `ROWS`, tokens of a program; `BLOCK`, a power of two of at least the
  /// columns of a block. Arguments: `ids[T]` in I32, `table[V, N]`, `out[T, N]`. Grid: blocks of
  /// tokens, blocks of columns.
  public static final Kernel KERNEL =
      Kernel.define(
          "embedding",
          k -> {
            DType type = k.meta("TYPE", DType.BF16);
            int rows = k.meta("ROWS", ROWS);
            int block = k.meta("BLOCK", 1024);
            var ids = k.in("ids", I32, 1);
            var table = k.in("table", type, 2);
            var out = k.out("out", type, 2);
            var t = k.programId(0).mul(rows).add(k.arange(rows));
            var n = k.programId(1).mul(block).add(k.arange(block)).row();
            var present = t.lt(ids.size(0));
            var id = ids.at(t).load(present);
            var mask = present.col().and(n.lt(table.size(1)));
            out.at(t.col(), n).store(table.at(id.col(), n).load(mask), mask);
          });

  private Embedding() {}

  /// The kernel for `tokens` and rows of `columns` elements of `type`.
  public static KernelLaunch over(long tokens, long columns, DType type) {
    int block = Math.min(1024, nextPow2(columns));
    return KERNEL
        .with("TYPE", type)
        .with("BLOCK", block)
        .grid(cdiv(tokens, ROWS), cdiv(columns, block));
  }
}
