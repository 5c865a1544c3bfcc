package maia.numerics;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// Exact conversion by search: all finite magnitudes of a format as decimals, straight from the
/// definition of the layout, and the nearest of them. Shares nothing with the conversion core.
final class Oracle {
  private final FloatFormat format;
  private final List<BigDecimal> magnitudes = new ArrayList<>();

  Oracle(FloatFormat format) {
    this.format = format;
    int codes = 1 << (format.exponentBits() + format.fractionBits());
    int specials =
        switch (format.specials()) {
          case IEEE -> 1 << format.fractionBits();
          case NAN_ALL_ONES -> 1;
          case NAN_NEGATIVE_ZERO, FINITE -> 0;
        };
    for (int code = 0; code < codes - specials; code++) {
      magnitudes.add(magnitude(code));
    }
  }

  private BigDecimal magnitude(int code) {
    int steps = 1 << format.fractionBits();
    int field = code / steps;
    int fraction = code % steps;
    if (format.fractionBits() == 0) {
      return power(field - format.bias());
    }
    int significand = field == 0 ? fraction : steps + fraction;
    int exponent = (field == 0 ? 1 : field) - format.bias() - format.fractionBits();
    return BigDecimal.valueOf(significand).multiply(power(exponent));
  }

  private static BigDecimal power(int exponent) {
    BigDecimal two = BigDecimal.TWO.pow(Math.abs(exponent));
    return exponent >= 0 ? two : BigDecimal.ONE.divide(two);
  }

  int finiteMagnitudes() {
    return magnitudes.size();
  }

  BigDecimal value(int code) {
    return magnitudes.get(code);
  }

  /// The magnitude code of `size`, which is not negative; one above the last where it overflows.
  int nearest(double size, boolean tieAway) {
    BigDecimal x = new BigDecimal(size);
    int above = firstAtLeast(x);
    if (above < magnitudes.size() && magnitudes.get(above).equals(x) || above == 0) {
      return above;
    }
    BigDecimal low = magnitudes.get(above - 1);
    BigDecimal high = above < magnitudes.size() ? magnitudes.get(above) : continued();
    int order = x.subtract(low).compareTo(high.subtract(x));
    if (order != 0) {
      return order < 0 ? above - 1 : above;
    }
    boolean lowIsEven = format.fractionBits() > 0 && (above - 1) % 2 == 0;
    return tieAway || !lowIsEven ? above : above - 1;
  }

  /// The largest magnitude code with a value of at most `size`.
  int below(double size) {
    BigDecimal x = new BigDecimal(size);
    int above = firstAtLeast(x);
    boolean exact = above < magnitudes.size() && magnitudes.get(above).compareTo(x) == 0;
    return exact || above == 0 ? above : above - 1;
  }

  private int firstAtLeast(BigDecimal x) {
    int low = 0;
    int high = magnitudes.size();
    while (low < high) {
      int middle = (low + high) / 2;
      if (magnitudes.get(middle).compareTo(x) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private BigDecimal continued() {
    int last = magnitudes.size() - 1;
    BigDecimal top = magnitudes.get(last);
    return format.fractionBits() == 0
        ? top.multiply(BigDecimal.TWO)
        : top.add(top.subtract(magnitudes.get(last - 1)));
  }
}
