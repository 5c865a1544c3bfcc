package maia.numerics;

import maia.base.Check;

/// The layout of a floating-point format of up to 32 bits.
///
/// @param label the name used in texts
/// @param signBits 1, or 0 for scale formats
/// @param exponentBits bits of the exponent field
/// @param fractionBits bits of the fraction field
/// @param bias what is subtracted from the exponent field
/// @param specials which codes are infinities and NaNs
public record FloatFormat(
    String label, int signBits, int exponentBits, int fractionBits, int bias, Specials specials) {
  /// Which codes of a format are infinities and NaNs.
  public enum Specials {
    /// All-ones exponent: infinity with zero fraction, else NaN.
    IEEE,
    /// No infinity; NaN where exponent and fraction are all ones.
    NAN_ALL_ONES,
    /// No infinity, no negative zero; the code of negative zero is the one NaN.
    NAN_NEGATIVE_ZERO,
    /// Every code is finite.
    FINITE,
  }

  /// IEEE binary32.
  public static final FloatFormat F32 = new FloatFormat("f32", 1, 8, 23, 127, Specials.IEEE);

  /// 1-8-10.
  public static final FloatFormat TF32 = new FloatFormat("tf32", 1, 8, 10, 127, Specials.IEEE);

  /// 1-8-7.
  public static final FloatFormat BF16 = new FloatFormat("bf16", 1, 8, 7, 127, Specials.IEEE);

  /// IEEE binary16.
  public static final FloatFormat F16 = new FloatFormat("f16", 1, 5, 10, 15, Specials.IEEE);

  /// OCP OFP8 E4M3 (`fn`).
  public static final FloatFormat E4M3 = new FloatFormat("e4m3", 1, 4, 3, 7, Specials.NAN_ALL_ONES);

  /// OCP OFP8 E5M2.
  public static final FloatFormat E5M2 = new FloatFormat("e5m2", 1, 5, 2, 15, Specials.IEEE);

  /// E4M3 `fnuz`.
  public static final FloatFormat E4M3FNUZ =
      new FloatFormat("e4m3fnuz", 1, 4, 3, 8, Specials.NAN_NEGATIVE_ZERO);

  /// E5M2 `fnuz`.
  public static final FloatFormat E5M2FNUZ =
      new FloatFormat("e5m2fnuz", 1, 5, 2, 16, Specials.NAN_NEGATIVE_ZERO);

  /// E4M3 with IEEE specials.
  public static final FloatFormat E4M3IEEE = new FloatFormat("e4m3ieee", 1, 4, 3, 7, Specials.IEEE);

  /// E3M4 with IEEE specials.
  public static final FloatFormat E3M4 = new FloatFormat("e3m4", 1, 3, 4, 3, Specials.IEEE);

  /// OCP FP6 E2M3.
  public static final FloatFormat E2M3 = new FloatFormat("e2m3", 1, 2, 3, 1, Specials.FINITE);

  /// OCP FP6 E3M2.
  public static final FloatFormat E3M2 = new FloatFormat("e3m2", 1, 3, 2, 3, Specials.FINITE);

  /// OCP FP4 E2M1.
  public static final FloatFormat E2M1 = new FloatFormat("e2m1", 1, 2, 1, 1, Specials.FINITE);

  /// OCP E8M0 scale: no zero, no sign, NaN at all ones.
  public static final FloatFormat E8M0 =
      new FloatFormat("e8m0", 0, 8, 0, 127, Specials.NAN_ALL_ONES);

  /// Unsigned E4M3: NVFP4's block scale.
  public static final FloatFormat UE4M3 =
      new FloatFormat("ue4m3", 0, 4, 3, 7, Specials.NAN_ALL_ONES);

  public FloatFormat {
    Check.argument(
        signBits + exponentBits + fractionBits <= 32,
        "format '%s': at most 32 bits, was %d",
        label,
        signBits + exponentBits + fractionBits);
  }

  /// Bits of a code.
  public int bits() {
    return signBits + exponentBits + fractionBits;
  }
}
