package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I64;

import java.util.function.Consumer;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.kernel.TileOrder;
import maia.kernel.Var;
import maia.machine.Machine;
import maia.numerics.DType;

/// The place of the first largest or smallest element along one axis of an array, which is seen as
/// `[outer, axis, inner]`. NaN is passed over.
public final class Extreme {
  /// Metas: `TYPE` (F32), `WHICH` (LARGEST), `ROWS` and `BLOCK`, sizes of a block along the axis
  /// and along `inner`; `STAGES`. Arguments: `x[outer, axis, inner]`, `y[outer, inner]` in I64.
  /// Grid: blocks of `inner`, `outer`.
  public static final Kernel KERNEL =
      Kernel.define(
          "extreme",
          k -> {
            int high = k.meta("ROWS", 64);
            int block = k.meta("BLOCK", 64);
            var x = k.in("x", k.meta("TYPE", F32), 3);
            var y = k.out("y", I64, 2);
            var outer = k.programId(1);
            var i = k.programId(0).mul(block).add(k.arange(block));
            Mask inInner = i.lt(x.size(2));
            var search = new Search(k, x.at(outer, k.scalar(0), i).load(inInner), 0);
            search.each(
                x.size(1),
                high,
                m -> {
                  var a = m.add(k.arange(high)).col();
                  Mask mask = a.lt(x.size(1)).and(inInner.row());
                  search.see(x.at(outer, a, i.row()).load(mask), mask, m);
                });
            y.at(outer, i).store(search.found(x.size(1)), inInner);
          });

  /// As [#KERNEL] along the last axis of `[rows, columns]`. Metas: `TYPE`, `WHICH`; `ROWS` and
  /// `BLOCK`, rows and columns of a block; `WHOLE`, whether one block holds a row; `STAGES`.
  /// Arguments: `x[rows, columns]`, `y[rows]` in I64. Grid: blocks of rows.
  public static final Kernel LAST =
      Kernel.define(
          "extreme_last",
          k -> {
            int high = k.meta("ROWS", 16);
            int block = k.meta("BLOCK", 256);
            var x = k.in("x", k.meta("TYPE", F32), 2);
            var y = k.out("y", I64, 1);
            var row = k.programId(0).mul(high).add(k.arange(high));
            Mask present = row.lt(x.size(0));
            var search = new Search(k, x.at(row, k.scalar(0)).load(present), 1);
            search.each(
                x.size(1),
                block,
                n -> {
                  var c = n.add(k.arange(block)).row();
                  Mask mask = present.col().and(c.lt(x.size(1)));
                  search.see(x.at(row.col(), c).load(mask), mask, n);
                });
            y.at(row).store(search.found(x.size(1)), present);
          });

  /// The best elements so far along one dimension of blocks.
  private static final class Search {
    private final KernelContext k;
    private final Which which;
    private final int dim;
    private final Var best;
    private final Var place;

    Search(KernelContext k, Tile first, int dim) {
      this.k = k;
      this.which = k.meta("WHICH", Which.LARGEST);
      this.dim = dim;
      Tile start = wide(first);
      best = k.var(start);
      place = k.var(k.zeros(I64, start.shape().getFirst()));
    }

    private static Tile wide(Tile x) {
      return x.to(x.dtype().isFloat() ? F32 : I64);
    }

    void each(Tile size, int block, Consumer<Tile> body) {
      if (k.meta("WHOLE", false)) {
        body.accept(k.scalar(0));
        return;
      }
      k.range(0, size, block).stages(k.meta("STAGES", 2)).each(body);
    }

    /// The block from `at`. What lies beyond the axis repeats the best so far and so never wins.
    void see(Tile loaded, Mask mask, Tile at) {
      int[] shape = loaded.shape().stream().mapToInt(n -> n).toArray();
      Tile known = dim == 0 ? best.get().row() : best.get().col();
      Tile v = mask.where(wide(loaded), known.broadcastTo(shape));
      boolean isLargest = which == Which.LARGEST;
      TileOrder.Extreme found = isLargest ? v.maxWithIndex(dim) : v.minWithIndex(dim);
      Mask isFirst = best.get().ne(best.get());
      Tile value = found.value();
      Mask wins = (isLargest ? value.gt(best.get()) : value.lt(best.get())).or(isFirst);
      place.set(wins.where(found.index().add(at), place.get()));
      best.set(wins.where(value, best.get()));
    }

    /// The places; a row of nothing but NaN has its last one, as on the host.
    Tile found(Tile size) {
      return best.get().ne(best.get()).where(size.sub(1), place.get());
    }
  }

  /// Which element is asked for.
  public enum Which {
    /// The largest.
    LARGEST,
    /// The smallest.
    SMALLEST,
  }

  private Extreme() {}

  /// The kernel for `[outer, axis, inner]` of `type`, `inner` above 1; see [#last] for 1.
  public static KernelLaunch over(Which which, long outer, long axis, long inner, DType type) {
    int block = Math.min(256, nextPow2(inner));
    return KERNEL
        .with("TYPE", type)
        .with("WHICH", which)
        .with("ROWS", Math.min(nextPow2(axis), Math.max(1, 4096 / block)))
        .with("BLOCK", block)
        .grid(cdiv(inner, block), Math.toIntExact(outer));
  }

  /// [#LAST] for a matrix of `rows` x `columns` of `type`.
  public static KernelLaunch last(
      Which which, long rows, long columns, DType type, Machine machine) {
    Kernel kernel = LAST.with("TYPE", type).with("WHICH", which);
    return RowBlocks.over(kernel, rows, columns, 4, machine);
  }
}
