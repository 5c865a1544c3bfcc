package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I64;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.machine.Machine;
import maia.numerics.DType;

/// Rows read from, and added to, places that an index array names.
public final class Indexed {
  /// `out[i] = x[index[i]]`. Metas: `TYPE` (F32), `ROWS` and `COLUMNS` of a program. Arguments: `x`
  /// `[R,C]`, `index` `[N]` of I64, each 0 to R - 1, `out` `[N,C]`. Grid: blocks of N, blocks of C.
  public static final Kernel GATHER =
      Kernel.define(
          "gather_rows",
          k -> {
            DType type = k.meta("TYPE", F32);
            int rows = k.meta("ROWS", 16);
            int columns = k.meta("COLUMNS", 64);
            var x = k.in("x", type, 2);
            var index = k.in("index", I64, 1);
            var out = k.out("out", type, 2);
            var i = k.programId(0).mul(rows).add(k.arange(rows));
            var c = k.programId(1).mul(columns).add(k.arange(columns)).row();
            var inRows = i.lt(index.size(0));
            var mask = inRows.col().and(c.lt(x.size(1)));
            var place = index.at(i).load(inRows).col();
            out.at(i.col(), c).store(x.at(place, c).load(mask), mask);
          });

  /// `out[index[i]] += x[i]`, where several rows may go to one place: their order is that of the
  /// run, so float results may differ in the last bits between schedules. Metas: `ROWS` and
  /// `COLUMNS` of a program. Arguments: `x` `[N,C]` of F32, `index` `[N]` of I64, each 0 to R - 1,
  /// `out` `[R,C]`, read and written. Grid: blocks of N, blocks of C.
  public static final Kernel SCATTER_ADD =
      Kernel.define(
          "scatter_add_rows",
          k -> {
            int rows = k.meta("ROWS", 16);
            int columns = k.meta("COLUMNS", 64);
            var x = k.in("x", F32, 2);
            var index = k.in("index", I64, 1);
            var out = k.inOut("out", F32, 2);
            var i = k.programId(0).mul(rows).add(k.arange(rows));
            var c = k.programId(1).mul(columns).add(k.arange(columns)).row();
            var inRows = i.lt(index.size(0));
            var mask = inRows.col().and(c.lt(x.size(1)));
            var place = index.at(i).load(inRows).col();
            out.at(place, c).atomicAdd(x.at(i.col(), c).load(mask), mask);
          });

  private Indexed() {}

  /// `kernel` for `n` indices and rows of `columns` elements.
  public static KernelLaunch over(Kernel kernel, long n, long columns, Machine machine) {
    BlockGrid blocks = BlockGrid.of(n, columns, machine);
    return blocks.on(kernel).grid(cdiv(n, blocks.rows()), cdiv(columns, blocks.columns()));
  }
}
