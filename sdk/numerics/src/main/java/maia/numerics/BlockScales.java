package maia.numerics;

/// The scales of blocks under one format and set of rules, in integers from the bits of the largest
/// magnitude.
final class BlockScales {
  /// E4M3's smallest positive value: what an NVFP4 block scale that would round to zero becomes.
  private static final float SMALLEST_UE4M3 = 0x1p-9f;

  /// E4M3's smallest normal value.
  private static final float SMALLEST_NORMAL_UE4M3 = 0x1p-6f;

  private static final int[] MSE_STEPS = {0, 1, -1, -2};

  private static final int FRACTION = 23;
  private static final int HIDDEN = 1 << FRACTION;
  private static final int INFINITY = 0x7f800000;
  private static final int LOWEST = -127;

  private final BlockFormat format;
  private final BlockRules rules;
  private final Codec codec;
  private final float tensorScale;
  private final float largest;
  private final int largestExponent;
  private final int carry;

  BlockScales(BlockFormat format, BlockRules rules, float tensorScale) {
    this.format = format;
    this.rules = rules;
    this.codec = Codec.of(format.scale());
    this.tensorScale = tensorScale;
    this.largest = largest(format);
    this.largestExponent = Math.getExponent(largest);
    this.carry = carry(format, rules.scale(), Float.floatToRawIntBits(largest) & (HIDDEN - 1));
  }

  /// What is added to the fraction of the largest magnitude so that the exponent grows by one where
  /// the rule says so.
  private static int carry(BlockFormat format, ScaleRule rule, int largestFraction) {
    return switch (rule) {
      case FLOOR, MSE -> 0;
      case RCEIL -> HIDDEN - 1 - largestFraction;
      case EVEN -> {
        int fractionBits = format.element().format().map(FloatFormat::fractionBits).orElse(6);
        yield 1 << FRACTION - fractionBits - 1;
      }
      case CEIL -> HIDDEN - 1;
    };
  }

  /// What is added to the bits of a block's largest magnitude before its exponent is taken.
  int carry() {
    return carry;
  }

  /// What is taken from that exponent.
  int less() {
    return largestExponent;
  }

  /// The scale of block `x[at..at+size]`, whose largest magnitude has the bits `amax`. NaN for a
  /// block that is not finite.
  float of(int amax, float[] x, int at, int size) {
    if (amax >= INFINITY) {
      return Float.NaN;
    }
    return format.tensorScale() ? nv(Float.intBitsToFloat(amax)) : mx(amax, x, at, size);
  }

  /// Between 2^-127 and 2^127.
  private float mx(int amax, float[] x, int at, int size) {
    if (amax == 0) {
      return power(LOWEST);
    }
    int top = 31 - Integer.numberOfLeadingZeros(amax);
    boolean normal = amax >= HIDDEN;
    int exponent = normal ? (amax >>> FRACTION) - 127 : top - 149;
    int fraction = (normal ? amax : amax << FRACTION - top) & (HIDDEN - 1);
    int floor = exponent - largestExponent;
    return rules.scale() == ScaleRule.MSE
        ? search(floor, x, at, size)
        : power(floor + (fraction + carry >>> FRACTION));
  }

  private static float power(int exponent) {
    int e = Math.clamp(exponent, LOWEST, 127);
    return Float.intBitsToFloat(e == LOWEST ? HIDDEN >> 1 : e + 127 << FRACTION);
  }

  private float search(int floor, float[] x, int at, int size) {
    float best = power(floor);
    double least = Double.POSITIVE_INFINITY;
    for (int step : MSE_STEPS) {
      float scale = power(floor + step);
      double error = squaredError(scale, x, at, size);
      if (error < least) {
        least = error;
        best = scale;
      }
    }
    return best;
  }

  /// Of what is read back in binary32, so that a value beyond its range is never chosen.
  /// Differences are exact in binary64, their squares are summed in ascending order.
  private double squaredError(float scale, float[] x, int at, int size) {
    double sum = 0;
    for (int i = at; i < at + size; i++) {
      double element =
          BlockElements.nearest(format, x[i] / (double) scale, Rounding.NEAREST_EVEN, 0);
      double error = x[i] - (double) (float) (element * scale);
      sum += error * error;
    }
    return sum;
  }

  private float nv(float amax) {
    float sixth = amax / largest;
    return switch (rules.order()) {
      case DIVIDE -> {
        float scale = codec.round(sixth / tensorScale);
        yield scale == 0 && amax != 0 ? SMALLEST_UE4M3 : scale;
      }
      case RECIPROCAL -> codec.round(Math.max(sixth / tensorScale, SMALLEST_NORMAL_UE4M3));
      case MULTIPLY -> codec.round(sixth * (1 / tensorScale));
    };
  }

  /// Whether elements are divided by [#operand] instead of multiplied with it.
  boolean divides() {
    return format.tensorScale() && rules.order() == NvOrder.DIVIDE;
  }

  /// What elements of a block with this scale are divided by or multiplied with.
  float operand(float scale) {
    if (!format.tensorScale()) {
      return 1 / scale;
    }
    return switch (rules.order()) {
      case DIVIDE -> scale * tensorScale;
      case RECIPROCAL -> 1 / tensorScale / scale;
      case MULTIPLY -> Math.min(1 / (scale * tensorScale), Float.MAX_VALUE);
    };
  }

  /// Whether all elements under this scale are zero.
  boolean isEmpty(float scale) {
    boolean isZero = scale == 0 && !(format.tensorScale() && rules.order() == NvOrder.MULTIPLY);
    return scale != scale || isZero;
  }

  /// The largest element magnitude.
  static float largest(BlockFormat format) {
    return format
        .element()
        .format()
        .map(f -> Conversion.decode(f, Conversion.maxFinite(f)))
        .orElse(127 / 64f);
  }
}
