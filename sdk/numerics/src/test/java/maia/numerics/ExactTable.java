package maia.numerics;

import java.util.Arrays;

/// Conversion by comparison: every magnitude of a format, and every midpoint between neighbours, is
/// a binary64 number, so an ordinary comparison with a binary32 input is exact. Built from the
/// fields of the layout; shares nothing with the conversion core.
final class ExactTable {
  private final FloatFormat format;
  private final double[] magnitudes;

  ExactTable(FloatFormat format) {
    this.format = format;
    int codes = 1 << (format.exponentBits() + format.fractionBits());
    int specials =
        switch (format.specials()) {
          case IEEE -> 1 << format.fractionBits();
          case NAN_ALL_ONES -> 1;
          case NAN_NEGATIVE_ZERO, FINITE -> 0;
        };
    magnitudes = new double[codes - specials];
    for (int code = 0; code < magnitudes.length; code++) {
      magnitudes[code] = magnitude(code);
    }
  }

  private double magnitude(int code) {
    int steps = 1 << format.fractionBits();
    int field = code / steps;
    if (format.fractionBits() == 0) {
      return Math.pow(2, field - format.bias());
    }
    double part = code % steps / (double) steps;
    return field == 0
        ? part * Math.pow(2, 1 - format.bias())
        : (1 + part) * Math.pow(2, field - format.bias());
  }

  int finite() {
    return magnitudes.length;
  }

  double value(int code) {
    return magnitudes[code];
  }

  /// Halfway between `code` and the next, which may lie beyond the largest.
  double midpoint(int code) {
    return (magnitudes[code] + above(code)) / 2;
  }

  private double above(int code) {
    if (code + 1 < magnitudes.length) {
      return magnitudes[code + 1];
    }
    return format.fractionBits() == 0
        ? 2 * magnitudes[code]
        : 2 * magnitudes[code] - magnitudes[code - 1];
  }

  /// The value of `x` after conversion, NaN included; the sign of zero counts.
  double convert(double x, Rounding rounding, Overflow overflow) {
    if (x != x || x < 0 && format.signBits() == 0) {
      return nan();
    }
    double size = Math.abs(x);
    double result =
        Double.isInfinite(size) ? overflowed(overflow) : finite(size, rounding, overflow);
    boolean isUnsigned =
        format.signBits() == 0
            || result == 0 && format.specials() == FloatFormat.Specials.NAN_NEGATIVE_ZERO;
    return isUnsigned || result != result ? result : Math.copySign(result, x);
  }

  private double finite(double size, Rounding rounding, Overflow overflow) {
    int found = Arrays.binarySearch(magnitudes, size);
    if (found >= 0) {
      return magnitudes[found];
    }
    int low = -found - 2;
    if (low < 0) {
      return magnitudes[0];
    }
    double middle = midpoint(low);
    boolean isTie = size == middle;
    boolean up =
        switch (rounding) {
          case Rounding.Fixed.NEAREST_EVEN ->
              size > middle || isTie && (low % 2 == 1 || format.fractionBits() == 0);
          case Rounding.Fixed.NEAREST_AWAY -> size > middle || isTie;
          case Rounding.Fixed.TOWARD_ZERO -> false;
          case Rounding.Stochastic _ -> throw new IllegalArgumentException("not one value");
        };
    if (low + 1 < magnitudes.length) {
      return magnitudes[up ? low + 1 : low];
    }
    return up ? overflowed(overflow) : magnitudes[low];
  }

  private double overflowed(Overflow overflow) {
    if (overflow == Overflow.SATURATE || format.specials() == FloatFormat.Specials.FINITE) {
      return magnitudes[magnitudes.length - 1];
    }
    return format.specials() == FloatFormat.Specials.IEEE ? Double.POSITIVE_INFINITY : Double.NaN;
  }

  private double nan() {
    return format.specials() == FloatFormat.Specials.FINITE
        ? magnitudes[magnitudes.length - 1]
        : Double.NaN;
  }
}
