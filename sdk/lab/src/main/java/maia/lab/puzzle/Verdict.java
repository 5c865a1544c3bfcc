package maia.lab.puzzle;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.base.Rich;
import maia.lab.CellGrid;

/// What the checker says of a kernel.
///
/// @param puzzle the puzzle's title
/// @param outcome right, wrong or refused
public record Verdict(String puzzle, Outcome outcome) implements Rich {
  /// How it went.
  public sealed interface Outcome {}

  /// Every value is right.
  ///
  /// @param cycles of the timed run
  /// @param budget the most that gives the second star
  /// @param bound what bounds the timed run
  public record Right(long cycles, long budget, String bound) implements Outcome {}

  /// A value is wrong.
  ///
  /// @param sizes of the shape it happened on
  /// @param array the array
  /// @param index the first wrong element, in row-major order
  /// @param expected what it must be
  /// @param got what it is; NaN also when nothing was written
  /// @param wrong how many elements are wrong
  /// @param elements of how many
  /// @param drawing right and wrong elements around the first wrong one
  public record Wrong(
      String sizes,
      String array,
      List<Integer> index,
      double expected,
      double got,
      long wrong,
      long elements,
      CellGrid drawing)
      implements Outcome {
    public Wrong {
      index = List.copyOf(index);
    }
  }

  /// The kernel does not run: its author made a mistake that the language or the simulator found.
  ///
  /// @param sizes of the shape it happened on, or empty
  /// @param message what they say
  public record Refused(String sizes, String message) implements Outcome {}

  /// Two for the right values within the budget, one for the right values, else none.
  public int stars() {
    return switch (outcome) {
      case Right right -> right.cycles() <= right.budget() ? 2 : 1;
      case Wrong _, Refused _ -> 0;
    };
  }

  /// This verdict if it has `stars` stars, for tests.
  ///
  /// @throws AssertionError if it has fewer; the message is the verdict
  public Verdict atLeast(int stars) {
    if (stars() < stars) {
      throw new AssertionError(toString());
    }
    return this;
  }

  /// The picture of a wrong result.
  public Optional<CellGrid> drawing() {
    return outcome instanceof Wrong wrong ? Optional.of(wrong.drawing()) : Optional.empty();
  }

  @Override
  public Map<String, String> mime() {
    Map<String, String> bundle =
        drawing().map(d -> new LinkedHashMap<>(d.mime())).orElseGet(LinkedHashMap::new);
    bundle.put("text/plain", toString());
    return bundle;
  }

  @Override
  public String toString() {
    return puzzle
        + ": "
        + switch (outcome) {
          case Right right when right.cycles() <= right.budget() ->
              "**  right, and %,d cycles of %,d\n".formatted(right.cycles(), right.budget());
          case Right right ->
              "*-  right, but %,d cycles; the second star takes %,d or fewer; bound by %s\n"
                  .formatted(right.cycles(), right.budget(), right.bound());
          case Wrong wrong -> said(wrong);
          case Refused refused ->
              "--  refused%s\n%s\n"
                  .formatted(
                      refused.sizes().isEmpty() ? "" : " on " + refused.sizes(), refused.message());
        };
  }

  private static String said(Wrong wrong) {
    String got =
        Double.isNaN(wrong.got()) ? "NaN (or nothing was written)" : "" + (float) wrong.got();
    return "--  wrong on %s\nfirst wrong element: %s%s: expected %s, got %s\n%,d of %,d elements are wrong\n%s"
        .formatted(
            wrong.sizes(),
            wrong.array(),
            wrong.index(),
            (float) wrong.expected(),
            got,
            wrong.wrong(),
            wrong.elements(),
            wrong.drawing());
  }
}
