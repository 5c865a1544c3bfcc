package maia.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import maia.numerics.DType;

/// One part of an index into a tensor, as it stands between the brackets of PyTorch's `x[..]`.
///
/// ```java
/// x.get(Index.at(-1))                              // x[-1]
/// x.get(Index.all(), Index.range(0, 10, 2))        // x[:, 0:10:2]
/// x.get(Index.ellipsis(), Index.newAxis())         // x[..., None]
/// x.get(Index.of(rows), Index.of(columns))         // x[rows, columns], tensors of indices
/// x.get(Index.of(x.gt(0)))                         // x[x > 0]
/// x.get("1:, ..., ::2")                            // the same as text, for numbers and ranges
/// ```
public sealed interface Index {
  /// One position, whose dimension disappears; negative numbers count from the end.
  record At(long position) implements Index {}

  /// Every `step`-th position of a range; missing ends are those of the dimension, ends outside it
  /// are moved to it, negative ones count from its end.
  ///
  /// @param from the first position
  /// @param to the end, exclusive
  /// @param step the distance of neighbours, positive
  record Range(OptionalLong from, OptionalLong to, long step) implements Index {
    /// Refuses steps that are not positive.
    public Range {
      ShapeException.check(
          step > 0,
          "index: the step of a range must be positive, was %d; use flip to reverse",
          step);
    }

    View.Slice of(int dim, long size) {
      long start = clamped(from.orElse(0), size);
      long end = clamped(to.orElse(size), size);
      return new View.Slice(dim, start, Math.max(start, end), step);
    }

    private static long clamped(long position, long size) {
      return Math.clamp(position < 0 ? position + size : position, 0, size);
    }
  }

  /// A new dimension of size 1.
  record NewAxis() implements Index {}

  /// As many whole dimensions as the other parts leave over.
  record Ellipsis() implements Index {}

  /// Positions of one dimension in any shape, or a BOOL mask over as many dimensions as it has.
  record Of(Tensor positions) implements Index {
    boolean isMask() {
      return positions.dtype("index") == DType.BOOL;
    }
  }

  /// Position `position`; negative numbers count from the end.
  static Index at(long position) {
    return new At(position);
  }

  /// A whole dimension.
  static Index all() {
    return new Range(OptionalLong.empty(), OptionalLong.empty(), 1);
  }

  /// Positions `from` to the end.
  static Index from(long from) {
    return new Range(OptionalLong.of(from), OptionalLong.empty(), 1);
  }

  /// Positions up to `to`, exclusive.
  static Index to(long to) {
    return new Range(OptionalLong.empty(), OptionalLong.of(to), 1);
  }

  /// Positions `from` to `to`, exclusive.
  static Index range(long from, long to) {
    return range(from, to, 1);
  }

  /// Every `step`-th position `from` to `to`, exclusive.
  static Index range(long from, long to, long step) {
    return new Range(OptionalLong.of(from), OptionalLong.of(to), step);
  }

  /// A new dimension of size 1: Python's `None`.
  static Index newAxis() {
    return new NewAxis();
  }

  /// As many whole dimensions as the other parts leave over: Python's `...`.
  static Index ellipsis() {
    return new Ellipsis();
  }

  /// An integer tensor of positions, or a BOOL mask.
  static Index of(Tensor positions) {
    return new Of(positions);
  }

  /// The named positions of one dimension.
  static Index of(long... positions) {
    return new Of(Tensor.ofLongs(positions));
  }

  /// The parts of an index written as in Python: numbers, ranges, `...` and `None`, separated by
  /// commas.
  static List<Index> parse(String text) {
    List<Index> parts = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      parts.add(parsePart(part.strip(), text));
    }
    return parts;
  }

  private static Index parsePart(String part, String text) {
    return switch (part) {
      case "..." -> ellipsis();
      case "None" -> newAxis();
      default -> range(part, text);
    };
  }

  private static Index range(String part, String text) {
    String[] ends = part.split(":", -1);
    if (part.isEmpty() || ends.length > 3) {
      throw unreadable(part, text);
    }
    if (ends.length == 1) {
      return at(number(part, text).orElseThrow());
    }
    OptionalLong step = ends.length == 3 ? number(ends[2], text) : OptionalLong.empty();
    return new Range(number(ends[0], text), number(ends[1], text), step.orElse(1));
  }

  private static OptionalLong number(String part, String text) {
    try {
      return part.isBlank() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(part.strip()));
    } catch (NumberFormatException wrong) {
      throw unreadable(part, text);
    }
  }

  private static ShapeException unreadable(String part, String text) {
    return ShapeException.of(
        "index: '%s' in \"%s\" is neither a number, a range such as 1:5:2, ... nor None; pass tensors"
            + " as Index.of(tensor)",
        part, text);
  }
}
