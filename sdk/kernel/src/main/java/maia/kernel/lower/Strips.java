package maia.kernel.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.npl.Expr;
import maia.npl.Lane;
import maia.npl.Place;
import maia.numerics.Rounding;

/// Results that leave in strips: the vector processor rounds some rows of an accumulator, and while
/// they are stored the next ones (decision 056). A strip takes a fraction of the memory that the
/// whole result would, which is often what a second accumulator needs.
public final class Strips {
  /// Fewest elements of a strip, so that starting an instruction and a copy weighs little.
  private static final int SMALLEST = 16 << 10;

  /// What the tensor unit computes at once; strips are multiples of it.
  private static final int UNIT = 32;

  private static final int FEWEST_STRIPS = 4;

  /// Slots that a strip has at least: one is computed, one is stored.
  public static final int SLOTS = 2;

  private Strips() {}

  /// Rows of a strip of a result of `rows` x `columns`; all rows where it leaves whole.
  public static int rows(int rows, int columns) {
    for (int strip = UNIT; strip * FEWEST_STRIPS <= rows; strip += UNIT) {
      if (rows % strip == 0 && (long) strip * columns >= SMALLEST) {
        return strip;
      }
    }
    return rows;
  }

  /// Whether rows of the result follow from the same rows of `lane`'s operands. `rows` is the
  /// height of the result.
  static boolean canCut(Lane lane, int rows) {
    return switch (lane) {
      case Lane.In(var region) -> canCut(region, rows);
      case Lane.Const _, Lane.Index _, Lane.Scalar _ -> true;
      case Lane.Iota(int dim) -> dim != 0;
      case Lane.Unary u -> canCut(u.x(), rows);
      case Lane.Binary b -> canCut(b.x(), rows) && canCut(b.y(), rows);
      case Lane.Fma f -> canCut(f.x(), rows) && canCut(f.y(), rows) && canCut(f.z(), rows);
      case Lane.Select s ->
          canCut(s.condition(), rows) && canCut(s.x(), rows) && canCut(s.y(), rows);
      case Lane.Cast c -> !(c.rounding() instanceof Rounding.Stochastic) && canCut(c.x(), rows);
      case Lane.Bitcast b -> canCut(b.x(), rows);
      case Lane.Pick _, Lane.Philox _, Lane.Param _ -> false;
    };
  }

  private static boolean canCut(Place.Region region, int rows) {
    List<Integer> extent = region.extent();
    boolean isFlat = extent.size() == 2 && !region.transposed();
    return isFlat && (extent.getFirst() == rows || extent.getFirst() == 1);
  }

  /// Rows `first` to `first + count` of `lane`; what lies in `strips` is a strip already.
  static Lane cut(Lane lane, Expr first, int count, Map<String, Buf> strips) {
    return new Cut(first, count, strips).lane(lane);
  }

  /// One strip.
  private record Cut(Expr first, int count, Map<String, Buf> strips) {
    private Lane lane(Lane lane) {
      return switch (lane) {
        case Lane.In(var region) -> new Lane.In(region(region));
        case Lane.Const _, Lane.Index _, Lane.Scalar _, Lane.Iota _ -> lane;
        case Lane.Unary(var op, var x) -> new Lane.Unary(op, lane(x));
        case Lane.Binary(var op, var x, var y) -> new Lane.Binary(op, lane(x), lane(y));
        case Lane.Fma(var x, var y, var z) -> new Lane.Fma(lane(x), lane(y), lane(z));
        case Lane.Select(var condition, var x, var y) ->
            new Lane.Select(lane(condition), lane(x), lane(y));
        case Lane.Cast(var type, var rounding, var overflow, var x) ->
            new Lane.Cast(type, rounding, overflow, lane(x));
        case Lane.Bitcast(var from, var to, var x) -> new Lane.Bitcast(from, to, lane(x));
        case Lane.Pick _, Lane.Philox _, Lane.Param _ ->
            throw new IllegalStateException("bug in kernel.lower: cannot cut " + lane);
      };
    }

    private Place.Region region(Place.Region region) {
      Buf strip = strips.get(region.buffer());
      if (strip != null) {
        return strip.region(false);
      }
      if (region.extent().getFirst() == 1) {
        return region;
      }
      List<Expr> start = new ArrayList<>(region.start());
      start.set(0, start.getFirst().plus(first));
      List<Integer> extent = new ArrayList<>(region.extent());
      extent.set(0, count);
      return new Place.Region(
          region.buffer(),
          region.home(),
          region.slot(),
          start,
          extent,
          limits(region.limits(), first),
          false);
    }
  }

  /// The limits of what begins at row `first`.
  static List<Optional<Expr>> limits(List<Optional<Expr>> limits, Expr first) {
    List<Optional<Expr>> own = new ArrayList<>(limits);
    if (!own.isEmpty()) {
      own.set(0, own.getFirst().map(limit -> limit.minus(first)));
    }
    return own;
  }

  /// Rows `first` to `first + count` of what fills the rows of a box.
  static Place.Window cut(Place.Window window, Expr first, int count) {
    List<Place.Axis> axes =
        window.axes().stream()
            .map(axis ->
                axis.along() != 0
                    ? axis
                    : new Place.Axis(
                        axis.start().plus(first.times(axis.step())),
                        count,
                        axis.step(),
                        axis.low(),
                        axis.high(),
                        0))
            .toList();
    return new Place.Window(window.array(), axes);
  }
}
