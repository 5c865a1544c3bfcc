package maia.numerics;

/// The nearest-even saturating conversion from binary32 to a format of at most 16 bits with fewer
/// exponent bits than binary32, in integers. Gives the codes of [Conversion] (tested on every
/// midpoint and its neighbours).
///
/// @param fractionBits bits of the fraction field
/// @param lowest binary32 exponent field of the smallest normal value
/// @param largest the largest finite code
/// @param largestValue its value
/// @param nan the code NaN becomes
/// @param nanValue the value NaN becomes
/// @param sign the sign bit; 0 for a format without sign
/// @param negativeZero whether the format has minus zero
record Narrow(
    int fractionBits,
    int lowest,
    int largest,
    float largestValue,
    int nan,
    float nanValue,
    int sign,
    boolean negativeZero) {
  private static final int FRACTION = 23;
  private static final int HIDDEN = 1 << FRACTION;
  private static final int INFINITY = 0x7f800000;

  /// Whether the conversion covers `format`.
  static boolean covers(FloatFormat format) {
    return format.bits() <= 16 && format.exponentBits() <= 5;
  }

  static Narrow of(FloatFormat format) {
    int largest = Conversion.maxFinite(format);
    int nan = Conversion.nan(format);
    return new Narrow(
        format.fractionBits(),
        Conversion.smallestExponent(format) + 127,
        largest,
        Conversion.decode(format, largest),
        nan,
        Conversion.decode(format, nan),
        format.signBits() == 0 ? 0 : 1 << (format.bits() - 1),
        format.specials() != FloatFormat.Specials.NAN_NEGATIVE_ZERO);
  }

  /// The code of `x`.
  int encode(float x) {
    int bits = Float.floatToRawIntBits(x);
    int size = bits & Integer.MAX_VALUE;
    if (size > INFINITY || sign == 0 && bits < 0 && size != 0) {
      return nan;
    }
    int code = magnitude(size);
    return negativeZero || code != 0 ? code | bits >> 31 & sign : 0;
  }

  private int magnitude(int size) {
    int exponent = size >>> FRACTION;
    int significand = size & (HIDDEN - 1) | HIDDEN;
    int shift = Math.min(FRACTION - fractionBits + Math.max(lowest - exponent, 0), FRACTION + 2);
    int half = (1 << (shift - 1)) - 1 + (significand >>> shift & 1);
    int code = (Math.max(exponent - lowest, 0) << fractionBits) + (significand + half >>> shift);
    return Math.min(code, largest);
  }

  /// The value of the code of `x`: adding and subtracting a power of two whose last place is the
  /// format's last place at `x` rounds to it.
  float round(float x) {
    float size = Math.abs(x);
    if (!(size <= largestValue)) {
      size = size > largestValue ? largestValue : nanValue;
    }
    int exponent = Math.max(Float.floatToRawIntBits(size) >>> FRACTION, lowest);
    float magic = Float.intBitsToFloat(exponent + FRACTION - fractionBits << FRACTION);
    float rounded = size + magic - magic;
    if (sign == 0) {
      return x < 0 ? Float.NaN : rounded;
    }
    float signed = x == x ? Math.copySign(rounded, x) : rounded;
    return negativeZero ? signed : signed + 0f;
  }
}
