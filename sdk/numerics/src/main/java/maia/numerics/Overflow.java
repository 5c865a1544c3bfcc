package maia.numerics;

/// What a conversion does with finite values beyond the largest finite code, and with infinities.
/// NaN stays NaN wherever the format has one; formats without NaN are described at the conversion.
public enum Overflow {
  /// The largest finite value of the same sign, for infinities too: what hardware conversions do.
  SATURATE,
  /// Infinity where the format has it, else NaN where it has that; finite-only formats saturate
  /// anyway.
  NON_SATURATE,
}
