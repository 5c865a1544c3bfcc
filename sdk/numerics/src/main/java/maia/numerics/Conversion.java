package maia.numerics;

import maia.base.Check;

/// The one exact conversion between binary64 and a [FloatFormat]: integers only, one rounding, from
/// the bits of the double. Every fast path is tested against it.
///
/// Choices the standards leave open:
/// - A NaN becomes the positive quiet NaN of the format (`0x7fc0`, `0x7e00`, `0x7e` for E5M2,
///   `0x7f` for E4M3, `0x80` for fnuz); in a finite-only format it becomes the largest positive
///   value, as CUDA's saturating conversions do.
/// - [Rounding#TOWARD_ZERO] never overflows: finite values beyond the range become the largest
///   finite value in both overflow modes (IEEE 754-2019, 7.4). Infinities still follow [Overflow].
/// - Formats without a sign turn values below zero into NaN; minus zero is zero.
/// - E8M0 has neither zero nor subnormals. Everything in [0, 2^-127] becomes 2^-127 (code 0). The
///   implied leading one counts as the last bit, so a tie (1.5 * 2^k) goes up in both nearest
///   modes, as in ml_dtypes and PyTorch.
final class Conversion {
  /// How the bits below the last kept bit decide.
  enum Mode {
    NEAREST_EVEN,
    NEAREST_AWAY,
    TOWARD_ZERO,
    STOCHASTIC,
  }

  private static final long FRACTION = (1L << 52) - 1;
  private static final int SHIFT_LIMIT = 63;

  private Conversion() {}

  /// The code of `value`; `index` selects the random bits of a stochastic rounding.
  static int encode(
      FloatFormat format, double value, Rounding rounding, Overflow overflow, long index) {
    return switch (rounding) {
      case Rounding.Fixed.NEAREST_EVEN -> encode(format, value, Mode.NEAREST_EVEN, 0, overflow);
      case Rounding.Fixed.NEAREST_AWAY -> encode(format, value, Mode.NEAREST_AWAY, 0, overflow);
      case Rounding.Fixed.TOWARD_ZERO -> encode(format, value, Mode.TOWARD_ZERO, 0, overflow);
      case Rounding.Stochastic(long seed) ->
          encode(format, value, Mode.STOCHASTIC, Philox.rounding(seed, index), overflow);
    };
  }

  private static int encode(
      FloatFormat format, double value, Mode mode, long random, Overflow overflow) {
    long bits = Double.doubleToRawLongBits(value);
    boolean negative = bits < 0;
    if (value != value) {
      return nan(format);
    }
    if (value == 0) {
      return signed(format, negative, 0);
    }
    if (negative && format.signBits() == 0) {
      return nan(format);
    }
    if (Double.isInfinite(value)) {
      return overflowed(format, negative, overflow);
    }
    long magnitude = magnitude(format, bits, mode, random);
    if (magnitude <= maxFinite(format)) {
      return signed(format, negative, (int) magnitude);
    }
    return mode == Mode.TOWARD_ZERO
        ? signed(format, negative, maxFinite(format))
        : overflowed(format, negative, overflow);
  }

  /// The code without sign on the grid of the format continued beyond its largest value.
  private static long magnitude(FloatFormat format, long bits, Mode mode, long random) {
    int field = (int) (bits >>> 52) & 0x7ff;
    long significand = bits & FRACTION;
    int exponent = field - 1023;
    if (field == 0) {
      int up = Long.numberOfLeadingZeros(significand) - 11;
      significand <<= up;
      exponent = -1022 - up;
    } else {
      significand |= 1L << 52;
    }
    int smallest = smallestExponent(format);
    if (!hasZero(format) && exponent < smallest) {
      return 0;
    }
    int scale = Math.max(exponent, smallest);
    long kept = round(significand, 52 - format.fractionBits() + scale - exponent, mode, random);
    long first = hasZero(format) ? 0 : 1;
    return ((long) (scale - smallest) << format.fractionBits()) + kept - first;
  }

  /// `significand` divided by 2^`shift`, rounded to an integer; `shift` is at least 29.
  private static long round(long significand, int shift, Mode mode, long random) {
    long kept = shift > SHIFT_LIMIT ? 0 : significand >>> shift;
    long rest = shift > SHIFT_LIMIT ? significand : significand - (kept << shift);
    boolean up =
        switch (mode) {
          case NEAREST_EVEN -> shift < 54 && rest + (kept & 1) > 1L << (shift - 1);
          case NEAREST_AWAY -> shift < 54 && rest >= 1L << (shift - 1);
          case TOWARD_ZERO -> false;
          case STOCHASTIC -> drawn(rest, shift, random);
        };
    return up ? kept + 1 : kept;
  }

  /// True with probability `rest` / 2^`shift`, resolved to 2^-63.
  private static boolean drawn(long rest, int shift, long random) {
    int excess = Math.max(0, shift - SHIFT_LIMIT);
    long threshold = excess > SHIFT_LIMIT ? 0 : rest >>> excess;
    return random >>> (64 - Math.min(shift, SHIFT_LIMIT)) < threshold;
  }

  /// The value of `code`; bits above the format's are ignored. Exact: every format fits binary32.
  static float decode(FloatFormat format, int code) {
    int fractionBits = format.fractionBits();
    int magnitude = code & magnitudeMask(format);
    boolean negative = format.signBits() == 1 && (code >>> (format.bits() - 1) & 1) != 0;
    if (isNaN(format, magnitude, negative)) {
      return Float.NaN;
    }
    if (magnitude > maxFinite(format)) {
      return negative ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
    }
    if (!hasZero(format)) {
      return (float) Math.scalb(1.0, magnitude + smallestExponent(format));
    }
    int field = magnitude >>> fractionBits;
    int fraction = magnitude & ((1 << fractionBits) - 1);
    int significand = field == 0 ? fraction : fraction | 1 << fractionBits;
    int exponent = Math.max(field, 1) - format.bias() - fractionBits;
    double value = Math.scalb((double) significand, exponent);
    return (float) (negative ? -value : value);
  }

  private static boolean isNaN(FloatFormat format, int magnitude, boolean negative) {
    return switch (format.specials()) {
      case IEEE -> magnitude > maxFinite(format) + 1;
      case NAN_ALL_ONES -> magnitude > maxFinite(format);
      case NAN_NEGATIVE_ZERO -> negative && magnitude == 0;
      case FINITE -> false;
    };
  }

  /// The largest finite code of positive sign.
  static int maxFinite(FloatFormat format) {
    return switch (format.specials()) {
      case IEEE -> magnitudeMask(format) - (1 << format.fractionBits());
      case NAN_ALL_ONES -> magnitudeMask(format) - 1;
      case NAN_NEGATIVE_ZERO, FINITE -> magnitudeMask(format);
    };
  }

  /// The code that NaN becomes.
  static int nan(FloatFormat format) {
    return switch (format.specials()) {
      case IEEE -> maxFinite(format) + 1 + (1 << (format.fractionBits() - 1));
      case NAN_ALL_ONES -> magnitudeMask(format);
      case NAN_NEGATIVE_ZERO -> 1 << (format.bits() - 1);
      case FINITE -> maxFinite(format);
    };
  }

  private static int overflowed(FloatFormat format, boolean negative, Overflow overflow) {
    return switch (overflow) {
      case SATURATE -> signed(format, negative, maxFinite(format));
      case NON_SATURATE ->
          switch (format.specials()) {
            case IEEE -> signed(format, negative, maxFinite(format) + 1);
            case NAN_ALL_ONES, NAN_NEGATIVE_ZERO -> nan(format);
            case FINITE -> signed(format, negative, maxFinite(format));
          };
    };
  }

  private static int signed(FloatFormat format, boolean negative, int magnitude) {
    boolean positiveZero =
        magnitude == 0 && format.specials() == FloatFormat.Specials.NAN_NEGATIVE_ZERO;
    boolean sign = negative && format.signBits() == 1 && !positiveZero;
    return sign ? magnitude | 1 << (format.bits() - 1) : magnitude;
  }

  /// Whether exponent field 0 means zero and subnormals; false only for power-of-two formats.
  static boolean hasZero(FloatFormat format) {
    return format.fractionBits() > 0;
  }

  /// Exponent of the smallest normal value.
  static int smallestExponent(FloatFormat format) {
    return (hasZero(format) ? 1 : 0) - format.bias();
  }

  private static int magnitudeMask(FloatFormat format) {
    int bits = format.exponentBits() + format.fractionBits();
    Check.invariant(
        bits < 32, "Conversion", "format %s has %d magnitude bits", format.label(), bits);
    return (1 << bits) - 1;
  }
}
