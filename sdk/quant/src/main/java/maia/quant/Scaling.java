package maia.quant;

import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;

/// The scale and the zero point of a group.
///
/// The order of binary32 operations: a value is divided by `scale * tensorScale`, rounded to the
/// grid, and comes back as `(element * scale) * tensorScale`. With a zero point, the code is
/// `rint(x / scale) + zero`, clamped, and comes back as `(code - zero) * scale`.
///
/// @param scale the group's scale; 0 for a group of zeros
/// @param zero the zero point of an asymmetric group, or -1
/// @param tensorScale the scale of the tensor, 1 where there is none
record Scaling(float scale, int zero, float tensorScale) {
  private static final BlockFormat NVFP4 = BlockFormat.NVFP4;

  static Scaling of(Quantizer q, float low, float high, float tensorScale) {
    float magnitude = Math.max(-low, high);
    return switch (q.scale()) {
      case Quantizer.Scale.Symmetric _ ->
          new Scaling(positive(magnitude / q.grid().largest()), -1, 1);
      case Quantizer.Scale.Asymmetric _ -> asymmetric(q.grid().bits(), low, high);
      case Quantizer.Scale.PowerOfTwo(var rule) ->
          new Scaling(powerOfTwo(q.grid(), rule, magnitude), -1, 1);
      case Quantizer.Scale.TwoLevel _ -> {
        float[] scales = new float[1];
        BlockCodec.quantize(
            NVFP4,
            ScaleRule.FLOOR,
            new float[] {magnitude},
            0,
            1,
            tensorScale,
            new float[1],
            0,
            scales,
            0);
        yield new Scaling(scales[0], -1, tensorScale);
      }
    };
  }

  /// A scale whose reciprocal is finite, or 0.
  private static float positive(float scale) {
    return scale == 0 ? 0 : Math.max(scale, Float.MIN_NORMAL);
  }

  private static Scaling asymmetric(int bits, float low, float high) {
    int most = (1 << bits) - 1;
    float scale = positive((high - low) / most);
    int zero = scale == 0 ? 0 : Math.clamp((int) Math.rint(-low / scale), 0, most);
    return new Scaling(scale, zero, 1);
  }

  private static float powerOfTwo(Grid grid, ScaleRule rule, float magnitude) {
    if (grid instanceof Grid.Floats(DType type)) {
      float[] scales = new float[1];
      BlockCodec.quantize(
          new BlockFormat("group", type, DType.E8M0, 1, false),
          rule,
          new float[] {magnitude},
          0,
          1,
          1,
          new float[1],
          0,
          scales,
          0);
      return scales[0];
    }
    return integerPower(grid, rule, magnitude);
  }

  /// The rules on integers: their largest value lies just below a power of two, so FLOOR clips what
  /// is above it and RCEIL does not.
  private static float integerPower(Grid grid, ScaleRule rule, float magnitude) {
    if (magnitude == 0) {
      return 0x1p-127f;
    }
    int exponent = Math.getExponent((double) magnitude);
    double significand = Math.scalb((double) magnitude, -exponent);
    int top = Math.getExponent(grid.largest());
    boolean up =
        switch (rule) {
          case FLOOR -> false;
          case RCEIL -> significand > Math.scalb((double) grid.largest(), -top);
          case EVEN -> significand >= 2 - Math.scalb(1.0, -grid.bits() + 1);
          case CEIL -> significand > 1;
          case MSE -> false;
        };
    return (float) Math.scalb(1.0, Math.clamp(exponent - top + (up ? 1 : 0), -127, 127));
  }

  /// The tensor scale of NVFP4 for these values.
  static float tensorScale(float[] x) {
    float largest = 0;
    for (float value : x) {
      largest = Math.max(largest, Math.abs(value));
    }
    return BlockCodec.tensorScale(largest, NVFP4);
  }

  int code(Grid grid, float x) {
    if (zero >= 0) {
      int most = (1 << grid.bits()) - 1;
      return scale == 0 ? zero : (int) Math.clamp(Math.rint(x / scale) + zero, 0, most);
    }
    return grid.code(scale == 0 ? 0 : x / (scale * tensorScale));
  }

  float value(Grid grid, int code) {
    return zero >= 0 ? (code - zero) * scale : grid.value(code) * scale * tensorScale;
  }

  /// The value after storing.
  float nearest(Grid grid, float x) {
    return value(grid, code(grid, x));
  }

  double squaredError(Grid grid, float[] group) {
    double sum = 0;
    for (float x : group) {
      double error = (double) x - nearest(grid, x);
      sum += error * error;
    }
    return sum;
  }
}
