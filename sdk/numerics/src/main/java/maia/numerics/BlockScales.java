package maia.numerics;

/// Block scales, from the bits of the largest magnitude.
final class BlockScales {
  /// E4M3's smallest positive value: what an NVFP4 block scale that would round to zero becomes.
  private static final float SMALLEST_UE4M3 = 0x1p-9f;

  /// E4M3's smallest normal value.
  private static final float SMALLEST_NORMAL_UE4M3 = 0x1p-6f;

  private static final int[] MSE_STEPS = {0, 1, -1, -2};

  private BlockScales() {}

  /// The MX scale value of a block `x[at..at+size]` with largest magnitude `amax` (finite): a power
  /// of two between 2^-127 and 2^127.
  static float mx(BlockFormat format, ScaleRule rule, float amax, float[] x, int at, int size) {
    if (amax == 0) {
      return 0x1p-127f;
    }
    double value = amax;
    int exponent = Math.getExponent(value);
    double significand = Math.scalb(value, -exponent);
    int floor = exponent - largestExponent(format);
    return switch (rule) {
      case FLOOR -> power(floor);
      case RCEIL -> power(significand > largestSignificand(format) ? floor + 1 : floor);
      case EVEN ->
          power(significand >= 2 - Math.scalb(1.0, -fractionBits(format) - 1) ? floor + 1 : floor);
      case CEIL -> power(significand > 1 ? floor + 1 : floor);
      case MSE -> search(format, floor, x, at, size);
    };
  }

  private static float power(int exponent) {
    return (float) Math.scalb(1.0, Math.clamp(exponent, -127, 127));
  }

  private static float search(BlockFormat format, int floor, float[] x, int at, int size) {
    float best = power(floor);
    double least = Double.POSITIVE_INFINITY;
    for (int step : MSE_STEPS) {
      float scale = power(floor + step);
      double error = squaredError(format, scale, x, at, size);
      if (error < least) {
        least = error;
        best = scale;
      }
    }
    return best;
  }

  /// Differences are exact in binary64, their squares are summed in ascending order.
  private static double squaredError(BlockFormat format, float scale, float[] x, int at, int size) {
    double sum = 0;
    for (int i = at; i < at + size; i++) {
      double element =
          BlockElements.nearest(format, x[i] / (double) scale, Rounding.NEAREST_EVEN, 0);
      double error = x[i] - element * scale;
      sum += error * error;
    }
    return sum;
  }

  /// The NVFP4 scale value of a block with largest magnitude `amax` (finite).
  static float nv(BlockFormat format, NvOrder order, float amax, float tensorScale) {
    Codec codec = Codec.of(format.scale());
    float sixth = amax / largest(format);
    return switch (order) {
      case DIVIDE -> {
        float scale = codec.round(sixth / tensorScale);
        yield scale == 0 && amax != 0 ? SMALLEST_UE4M3 : scale;
      }
      case RECIPROCAL -> codec.round(Math.max(sixth / tensorScale, SMALLEST_NORMAL_UE4M3));
      case MULTIPLY -> codec.round(sixth * (1 / tensorScale));
    };
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
