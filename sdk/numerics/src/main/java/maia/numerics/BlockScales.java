package maia.numerics;

/// Block scales, from the bits of the largest magnitude.
final class BlockScales {
  /// E4M3's smallest positive value: what an NVFP4 block scale that would round to zero becomes.
  private static final float SMALLEST_UE4M3 = 0x1p-9f;

  private BlockScales() {}

  /// The MX scale value of a block with largest magnitude `amax` (finite): a power of two between
  /// 2^-127 and 2^127.
  static float mx(BlockFormat format, ScaleRule rule, float amax) {
    if (amax == 0) {
      return 0x1p-127f;
    }
    double value = amax;
    int exponent = Math.getExponent(value);
    double significand = Math.scalb(value, -exponent);
    boolean up =
        switch (rule) {
          case FLOOR -> false;
          case RCEIL -> significand > largestSignificand(format);
          case EVEN -> significand >= 2 - Math.scalb(1.0, -fractionBits(format) - 1);
          case CEIL -> significand > 1;
        };
    int scale = exponent - largestExponent(format) + (up ? 1 : 0);
    return (float) Math.scalb(1.0, Math.clamp(scale, -127, 127));
  }

  /// The NVFP4 scale value of a block with largest magnitude `amax` (finite).
  static float nv(BlockFormat format, float amax, float tensorScale) {
    if (amax == 0) {
      return 0;
    }
    float scale = Codec.of(format.scale()).round(amax / largest(format) / tensorScale);
    return scale == 0 ? SMALLEST_UE4M3 : scale;
  }

  /// The largest element magnitude.
  static float largest(BlockFormat format) {
    return format
        .element()
        .format()
        .map(f -> Conversion.decode(f, Conversion.maxFinite(f)))
        .orElse(127 / 64f);
  }

  private static int largestExponent(BlockFormat format) {
    return Math.getExponent(largest(format));
  }

  private static double largestSignificand(BlockFormat format) {
    return Math.scalb((double) largest(format), -largestExponent(format));
  }

  private static int fractionBits(BlockFormat format) {
    return format.element().format().map(FloatFormat::fractionBits).orElse(6);
  }
}
