package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I64;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.kernel.TileOrder;
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
            DType type = k.meta("TYPE", F32);
            Which which = k.meta("WHICH", Which.LARGEST);
            int high = k.meta("ROWS", 64);
            int block = k.meta("BLOCK", 64);
            DType wide = type.isFloat() ? F32 : I64;
            var x = k.in("x", type, 3);
            var y = k.out("y", I64, 2);
            var outer = k.programId(1);
            var i = k.programId(0).mul(block).add(k.arange(block));
            Mask inInner = i.lt(x.size(2));
            var first = x.at(outer, k.scalar(0), i).load(inInner).to(wide);
            var best = k.var(first);
            var place = k.var(k.zeros(I64, block));
            k.range(0, x.size(1), high)
                .stages(k.meta("STAGES", 2))
                .each(m -> {
                  var a = m.add(k.arange(high)).col();
                  Mask mask = a.lt(x.size(1)).and(inInner.row());
                  Tile loaded = x.at(outer, a, i.row()).load(mask).to(wide);
                  // what lies beyond the axis repeats the best so far and so never wins
                  Tile v = mask.where(loaded, best.get().row().broadcastTo(high, block));
                  TileOrder.Extreme found =
                      which == Which.LARGEST ? v.maxWithIndex(0) : v.minWithIndex(0);
                  Tile value = found.value();
                  Mask isFirst = best.get().ne(best.get());
                  Mask better =
                      which == Which.LARGEST ? value.gt(best.get()) : value.lt(best.get());
                  Mask wins = better.or(isFirst);
                  place.set(wins.where(found.index().add(m), place.get()));
                  best.set(wins.where(value, best.get()));
                });
            // a row of nothing but NaN has its last place, as on the host
            Mask none = best.get().ne(best.get());
            y.at(outer, i).store(none.where(x.size(1).sub(1), place.get()), inInner);
          });

  /// Which element is asked for.
  public enum Which {
    /// The largest.
    LARGEST,
    /// The smallest.
    SMALLEST,
  }

  private Extreme() {}

  /// The kernel for `[outer, axis, inner]` of `type`.
  public static KernelLaunch over(Which which, long outer, long axis, long inner, DType type) {
    int block = Math.min(256, nextPow2(inner));
    return KERNEL
        .with("TYPE", type)
        .with("WHICH", which)
        .with("ROWS", Math.min(nextPow2(axis), Math.max(1, 4096 / block)))
        .with("BLOCK", block)
        .grid(cdiv(inner, block), Math.toIntExact(outer));
  }
}
