package maia.cost;

import java.util.Locale;
import maia.base.Check;

/// An input that is not known exactly: its least, most likely and greatest value.
///
/// @param low the least
/// @param likely the most likely
/// @param high the greatest
public record Uncertain(double low, double likely, double high) {
  public Uncertain {
    Check.argument(
        Double.isFinite(low) && Double.isFinite(high) && low <= likely && likely <= high,
        "an uncertain input needs finite values in order, was %s, %s, %s",
        low,
        likely,
        high);
  }

  /// An input that is known.
  public static Uncertain exactly(double value) {
    return new Uncertain(value, value, value);
  }

  /// Whether it is known exactly.
  public boolean isExact() {
    return low == high;
  }

  /// The value below which a triangular distribution over this input has the share `u`, 0 to 1.
  public double quantile(double u) {
    Check.argument(u >= 0 && u <= 1, "quantile: a share from 0 to 1, was %s", u);
    if (isExact()) {
      return likely;
    }
    double width = high - low;
    double rising = (likely - low) / width;
    return u <= rising
        ? low + Math.sqrt(u * width * (likely - low))
        : high - Math.sqrt((1 - u) * width * (high - likely));
  }

  @Override
  public String toString() {
    return isExact()
        ? String.format(Locale.ROOT, "%s", likely)
        : String.format(Locale.ROOT, "%s (%s to %s)", likely, low, high);
  }
}
