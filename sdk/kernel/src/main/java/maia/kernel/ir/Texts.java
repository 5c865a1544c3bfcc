package maia.kernel.ir;

import java.util.List;
import java.util.Locale;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// Parts of the text form that printing and parsing share.
final class Texts {
  private Texts() {}

  /// `text` between quotes, on one line.
  static String quoted(String text) {
    String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"");
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r") + '"';
  }

  /// Inverse of [#quoted].
  static String unquoted(String token) {
    return token.substring(1, token.length() - 1).translateEscapes();
  }

  /// Sizes joined by `x`; a scalar's shape is `_`.
  static String sizes(List<Integer> shape) {
    return shape.isEmpty() ? "_" : Type.sizes(shape);
  }

  /// Inverse of [#sizes].
  static List<Integer> parseSizes(String token) {
    return token.equals("_") ? List.of() : Type.parseSizes(token);
  }

  /// How a cast rounds and overflows, with a space before, or nothing when it is plain.
  static String mode(Term.Cast cast) {
    if (cast.isPlain()) {
      return "";
    }
    String rounding =
        switch (cast.rounding()) {
          case Rounding.Fixed fixed -> fixed.name();
          case Rounding.Stochastic(long seed) -> "stochastic " + seed;
        };
    return (" " + rounding + " " + cast.overflow().name()).toLowerCase(Locale.ROOT);
  }

  /// The deterministic rounding a word of [#mode] names.
  static Rounding rounding(String word) {
    return Rounding.Fixed.valueOf(word.toUpperCase(Locale.ROOT));
  }

  /// The overflow a word of [#mode] names.
  static Overflow overflow(String word) {
    return Overflow.valueOf(word.toUpperCase(Locale.ROOT));
  }
}
