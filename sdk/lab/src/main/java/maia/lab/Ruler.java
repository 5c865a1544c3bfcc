package maia.lab;

import java.math.BigDecimal;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// A scale along one side of a drawing: where values lie between its ends, and round positions with
/// their words.
///
/// @param low the value at its beginning
/// @param high the value at its end, above `low`
/// @param isLogarithmic whether equal ratios, not differences, are equal distances
record Ruler(double low, double high, boolean isLogarithmic) {
  /// Part of the range that is left free beyond the values at each end.
  private static final double MARGIN = 0.04;

  /// Decades below which round steps say more than round ratios.
  private static final double SHORT = 0.7;

  /// Decades above which only powers of ten have words.
  private static final double LONG = 3;

  /// A round position.
  ///
  /// @param value where it is
  /// @param words what stands there
  record Tick(double value, String words) {}

  /// A scale that holds all finite `values`, with some room at both ends.
  static Ruler over(Axis axis, double... values) {
    double[] finite = Arrays.stream(values).filter(Double::isFinite).toArray();
    double least = Arrays.stream(finite).min().orElse(1);
    double most = Arrays.stream(finite).max().orElse(1);
    if (axis.isLogarithmic()) {
      double room = least == most ? 2 : Math.pow(most / least, MARGIN);
      return new Ruler(least / room, most * room, true);
    }
    double room = least == most ? Math.max(Math.abs(least) / 2, 1e-9) : MARGIN * (most - least);
    return new Ruler(least - room, most + room, false);
  }

  /// Where a value lies: 0 at the beginning, 1 at the end.
  double share(double value) {
    return isLogarithmic
        ? Math.log(value / low) / Math.log(high / low)
        : (value - low) / (high - low);
  }

  /// Round positions, in ascending order, about `most` of them at most.
  List<Tick> ticks(int most) {
    double decades = isLogarithmic ? Math.log10(high / low) : 0;
    return decades < SHORT ? steps(most) : ratios(decades, most);
  }

  /// Multiples of 1, 2 or 5 times a power of ten.
  private List<Tick> steps(int most) {
    double least = (high - low) / most;
    BigDecimal step = BigDecimal.ONE.movePointRight((int) Math.floor(Math.log10(least)));
    for (int factor : new int[] {2, 5, 10}) {
      if (step.doubleValue() < least * (1 - 1e-9)) {
        step = power(step).multiply(BigDecimal.valueOf(factor));
      }
    }
    List<Tick> ticks = new ArrayList<>();
    long last = (long) Math.floor(high / step.doubleValue() * (1 + 1e-12));
    for (long i = (long) Math.ceil(low / step.doubleValue()); i <= last; i++) {
      ticks.add(tick(step.multiply(BigDecimal.valueOf(i))));
    }
    return ticks;
  }

  private static BigDecimal power(BigDecimal step) {
    return BigDecimal.ONE.movePointRight(step.precision() - step.scale() - 1);
  }

  /// Powers of ten, and 2 and 5 times those where there are few.
  private List<Tick> ratios(double decades, int most) {
    int[] factors = decades < LONG ? new int[] {1, 2, 5} : new int[] {1};
    int stride = Math.max(1, (int) Math.ceil(decades / most));
    List<Tick> ticks = new ArrayList<>();
    int first = Math.floorDiv((int) Math.floor(Math.log10(low)), stride) * stride;
    for (int power = first; power <= Math.log10(high); power += stride) {
      for (int factor : factors) {
        Tick tick = tick(BigDecimal.valueOf(factor).movePointRight(power));
        if (tick.value() >= low && tick.value() <= high) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  private static Tick tick(BigDecimal value) {
    return new Tick(value.doubleValue(), words(value));
  }

  /// A number without zeros at its end, long ones in thousands, very large and very small ones with
  /// an exponent.
  static String words(BigDecimal value) {
    if (value.signum() == 0) {
      return "0";
    }
    BigDecimal plain = value.stripTrailingZeros();
    int power = plain.precision() - plain.scale() - 1;
    if (power >= 7 || power < -5) {
      return plain.movePointLeft(power).toPlainString() + "e" + power;
    }
    String pattern = power >= 4 ? "#,##0.####" : "0.##########";
    return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT)).format(plain);
  }
}
