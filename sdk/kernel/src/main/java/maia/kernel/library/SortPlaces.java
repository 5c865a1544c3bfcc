package maia.kernel.library;

import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I64;

import maia.kernel.Direction;
import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.numerics.DType;

/// The places of the elements of each row in order, equal ones in theirs; plus and minus zero are
/// equal, NaN is above everything. A row lies in the memory of one tile.
public final class SortPlaces {
  /// The longest row.
  public static final long LONGEST = 32_768;

  /// Metas: `TYPE` (F32), of at most 32 bits; `DOWN`, whether the largest comes first; `BLOCK`, a
  /// power of two of at least the columns. Arguments: `x[rows, columns]`, `y[rows, columns]` of
  /// I64. Grid: rows.
  public static final Kernel KERNEL =
      Kernel.define(
          "sort_places",
          k -> {
            DType type = k.meta("TYPE", F32);
            boolean isDown = k.meta("DOWN", false);
            int block = k.meta("BLOCK", 1024);
            var x = k.in("x", type, 2);
            var y = k.out("y", I64, 2);
            var row = k.programId(0);
            var c = k.arange(block);
            Mask mask = c.lt(x.size(1));
            DType wide = type.isFloat() ? F32 : DType.I32;
            Tile loaded = x.at(row, c).load(mask).to(wide);
            // what lies beyond the row comes last: it is equal to the last one there can be
            Tile v =
                type.isFloat()
                    ? mask.where(loaded.add(0.0), isDown ? Double.NEGATIVE_INFINITY : Double.NaN)
                    : mask.where(loaded, isDown ? Integer.MIN_VALUE : Integer.MAX_VALUE);
            var sorted = v.sortWithIndex(0, isDown ? Direction.REVERSE : Direction.FORWARD);
            y.at(row, c).store(sorted.indices(), mask);
          });

  private SortPlaces() {}

  /// The kernel for a matrix of `rows` x `columns` of `type`.
  public static KernelLaunch over(long rows, long columns, DType type, boolean down) {
    return KERNEL
        .with("TYPE", type)
        .with("DOWN", down)
        .with("BLOCK", nextPow2(columns))
        .grid(Math.toIntExact(rows));
  }
}
