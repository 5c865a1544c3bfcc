package maia.kernel.library;

import java.util.List;
import maia.base.Check;

/// A size along which a launch repeats the same work, and two smaller ones from which its time
/// follows: behind the first repetitions each takes as long as the next. Where it is not cut, the
/// three are the same.
///
/// @param few a small size
/// @param more a larger one
/// @param whole the size itself
public record Stretch(Cut few, Cut more, Cut whole) {
  /// A size, and what the grid has along it.
  ///
  /// @param size elements
  /// @param programs programs that share them, 1 where none do
  public record Cut(long size, int programs) {
    public Cut {
      Check.argument(
          size > 0 && programs > 0,
          "cut: size and programs must be positive, were %d and %d",
          size,
          programs);
    }
  }

  public Stretch {
    Check.argument(
        few.size == whole.size || few.size < more.size && more.size < whole.size,
        "stretch: sizes must grow, were %d, %d and %d",
        few.size,
        more.size,
        whole.size);
  }

  /// A size that is not cut.
  public static Stretch uncut(long size, int programs) {
    Cut whole = new Cut(size, programs);
    return new Stretch(whole, whole, whole);
  }

  /// A size that is worked through in steps; `few` and `more` of them are timed, and what the last
  /// one lacks is lacking in every size. Not cut where that is not less than all.
  public static Stretch ofSteps(long size, long step, int few, int more) {
    long missing = Math.ceilDiv(size, step) * step - size;
    return more * step >= size
        ? uncut(size, 1)
        : new Stretch(
            new Cut(few * step - missing, 1), new Cut(more * step - missing, 1), new Cut(size, 1));
  }

  /// A size that programs share in parts of `each`, which tiles take in rounds; `few` and `more`
  /// rounds are timed, and the last one, which may not be full, in every size.
  public static Stretch ofRounds(long size, long each, int round, int few, int more) {
    int all = Math.toIntExact(Math.ceilDiv(size, each));
    int rest = all % round;
    long left = size - (long) all * each;
    return rest + more * round >= all
        ? uncut(size, all)
        : new Stretch(
            new Cut((rest + few * round) * each + left, rest + few * round),
            new Cut((rest + more * round) * each + left, rest + more * round),
            new Cut(size, all));
  }

  /// Whether the time follows from smaller sizes.
  public boolean isCut() {
    return few.size < whole.size;
  }

  /// The sizes to be timed.
  public List<Cut> timed() {
    return isCut() ? List.of(few, more) : List.of(whole);
  }

  /// How often the step from few to more fits between few and the whole; 0 where nothing is cut.
  public double steps() {
    return isCut() ? (double) (whole.size - few.size) / (more.size - few.size) : 0;
  }
}
