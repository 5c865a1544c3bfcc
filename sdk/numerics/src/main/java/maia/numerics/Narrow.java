package maia.numerics;

/// The conversion from binary32 to a format of at most 19 bits under a fixed rounding and overflow
/// rule, in integers. Gives the codes of [Conversion] (tested on every midpoint and its
/// neighbours).
///
/// @param fractionBits bits of the fraction field
/// @param lowest binary32 exponent field of the smallest normal value
/// @param largest the largest finite code
/// @param largestValue its value
/// @param nan the code NaN becomes
/// @param nanValue the value NaN becomes
/// @param sign the sign bit; 0 for a format without sign
/// @param negativeZero whether the format has minus zero
/// @param rounding how values between two codes decide
/// @param finiteUpTo binary32 bits of the largest magnitude that does not overflow
/// @param beyond the code a larger magnitude becomes
/// @param beyondSign the sign bit that code takes; 0 where it has none
record Narrow(
    int fractionBits,
    int lowest,
    int largest,
    float largestValue,
    int nan,
    float nanValue,
    int sign,
    boolean negativeZero,
    Rounding.Fixed rounding,
    int finiteUpTo,
    int beyond,
    int beyondSign) {
  static final int FRACTION = 23;
  static final int INFINITY = 0x7f800000;
  private static final int HIDDEN = 1 << FRACTION;
  private static final int WIDE_EXPONENT = 8;

  /// Whether the conversion covers `format`: fewer exponent bits than binary32 in at most 16 bits,
  /// or the same exponent and a shorter fraction.
  static boolean covers(FloatFormat format) {
    return format.bits() <= 16 && format.exponentBits() <= 5
        || format.exponentBits() == WIDE_EXPONENT
            && format.fractionBits() > 0
            && format.fractionBits() < FRACTION;
  }

  /// To the nearest, ties to even, saturating.
  static Narrow of(FloatFormat format) {
    return of(format, Rounding.Fixed.NEAREST_EVEN, Overflow.SATURATE);
  }

  static Narrow of(FloatFormat format, Rounding.Fixed rounding, Overflow overflow) {
    int largest = Conversion.maxFinite(format);
    int nan = Conversion.nan(format);
    int sign = format.signBits() == 0 ? 0 : 1 << (format.bits() - 1);
    boolean saturates =
        overflow == Overflow.SATURATE || format.specials() == FloatFormat.Specials.FINITE;
    boolean hasInfinity = format.specials() == FloatFormat.Specials.IEEE;
    return new Narrow(
        format.fractionBits(),
        Conversion.smallestExponent(format) + 127,
        largest,
        Conversion.decode(format, largest),
        nan,
        Conversion.decode(format, nan),
        sign,
        format.specials() != FloatFormat.Specials.NAN_NEGATIVE_ZERO,
        rounding,
        saturates ? INFINITY : finiteUpTo(format, rounding),
        saturates ? largest : hasInfinity ? largest + 1 : nan,
        saturates || hasInfinity ? sign : 0);
  }

  /// The middle between the largest value and the next on its grid, or just below.
  private static int finiteUpTo(FloatFormat format, Rounding.Fixed rounding) {
    if (rounding == Rounding.Fixed.TOWARD_ZERO) {
      return INFINITY - 1;
    }
    int largest = Conversion.maxFinite(format);
    float top = Conversion.decode(format, largest);
    float middle = top + (top - Conversion.decode(format, largest - 1)) / 2;
    boolean stays = rounding == Rounding.Fixed.NEAREST_EVEN && (largest & 1) == 0;
    return Float.floatToRawIntBits(middle) - (stays ? 0 : 1);
  }

  /// Whether codes are the upper bits of binary32.
  boolean sharesExponent() {
    return lowest == 1;
  }

  /// What is added to the exponent of a magnitude so that both, as numbers, add up to the magnitude
  /// rounded to the format's last place, which is the last place of the sum. Its fraction takes off
  /// by how much exponents of sums exceed those of codes; it is even, so ties go to even codes.
  int addend() {
    int down = FRACTION - fractionBits;
    int over = lowest + down << fractionBits;
    return (down << FRACTION) + (-over & 0xff);
  }

  /// What the bits of such a sum are multiplied with so that the exponent comes down upon the
  /// fraction and both, a code of `bits` bits, to the top below the sign. What is left in the lower
  /// half means nothing.
  int joint(int bits) {
    return (1 << Integer.SIZE - bits) + (1 << Byte.SIZE + 1 - bits + fractionBits);
  }

  /// The code of `x`.
  int encode(float x) {
    int bits = Float.floatToRawIntBits(x);
    int size = bits & Integer.MAX_VALUE;
    if (size > INFINITY || sign == 0 && bits < 0 && size != 0) {
      return nan;
    }
    if (size > finiteUpTo) {
      return beyond | bits >> 31 & beyondSign;
    }
    int code = Math.min(sharesExponent() ? upper(size) : magnitude(size), largest);
    return negativeZero || code != 0 ? code | bits >> 31 & sign : 0;
  }

  private int upper(int size) {
    int shift = FRACTION - fractionBits;
    return size + up(shift, size >>> shift & 1) >>> shift;
  }

  private int magnitude(int size) {
    int exponent = size >>> FRACTION;
    int significand = size & (HIDDEN - 1) | HIDDEN;
    int shift = Math.min(FRACTION - fractionBits + Math.max(lowest - exponent, 0), FRACTION + 2);
    int kept = significand + up(shift, significand >>> shift & 1) >>> shift;
    return (Math.max(exponent - lowest, 0) << fractionBits) + kept;
  }

  /// What is added before `shift` bits are dropped; `last` is the last bit kept.
  private int up(int shift, int last) {
    int half = 1 << (shift - 1);
    return switch (rounding) {
      case NEAREST_EVEN -> half - 1 + last;
      case NEAREST_AWAY -> half;
      case TOWARD_ZERO -> 0;
    };
  }

  /// The value of the code of `x` under the default rules: adding and subtracting a power of two
  /// whose last place is the format's last place at `x` rounds to it.
  float round(float x) {
    if (sharesExponent()) {
      return Float.intBitsToFloat(encode(x) << FRACTION - fractionBits);
    }
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
