package maia.quant;

import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// Rounding to whole numbers.
final class Whole {
  private Whole() {}

  /// `x` rounded and clamped to -`most`..`most`.
  static int clamped(double x, Rounding rounding, long index, int most) {
    return Math.clamp(rounded(x, rounding, index), -most, most);
  }

  /// `x` rounded, saturating at 32 bits.
  static int rounded(double x, Rounding rounding, long index) {
    return rounding == Rounding.NEAREST_EVEN
        ? (int) Math.rint(x)
        : Codec.of(DType.I32).encode(x, rounding, Overflow.SATURATE, index);
  }
}
