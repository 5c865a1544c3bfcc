package maia.cost;

import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import maia.base.Check;

/// A closed interval: two ways of estimating the same thing, or the spread of an input.
///
/// @param low the lower end
/// @param high the upper end
public record Range(double low, double high) {
  public Range {
    Check.argument(
        Double.isFinite(low) && Double.isFinite(high) && low <= high,
        "a range needs finite ends in order, was %s to %s",
        low,
        high);
  }

  /// The range from the smaller to the larger of two estimates.
  public static Range between(double a, double b) {
    return new Range(Math.min(a, b), Math.max(a, b));
  }

  /// Both ends times `factor`, which must not be negative.
  public Range times(double factor) {
    Check.argument(factor >= 0, "a range is scaled by a factor of at least 0, was %s", factor);
    return map(x -> x * factor);
  }

  private Range map(DoubleUnaryOperator f) {
    return new Range(f.applyAsDouble(low), f.applyAsDouble(high));
  }

  /// Both ends with three significant digits, such as `0.00131 to 0.0017`.
  @Override
  public String toString() {
    return "%s to %s".formatted(digits(low), digits(high));
  }

  private static String digits(double value) {
    return value == 0
        ? "0"
        : new java.math.BigDecimal(value)
            .round(new java.math.MathContext(3))
            .stripTrailingZeros()
            .toPlainString()
            .toLowerCase(Locale.ROOT);
  }
}
