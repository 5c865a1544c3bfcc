package maia.quant;

import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.BlockRules;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.NvOrder;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;

/// The scale and the zero point of a group.
///
/// The order of binary32 operations: a value is divided by `scale * tensorScale` (or multiplied by
/// `factor` where that is not 0), rounded to the grid, and comes back as `(element * scale) *
/// tensorScale`. With a zero point, the code is `round(x / scale) + zero`, clamped, and comes back
/// as `(code - zero) * scale`; with a real one it is `round(x / scale + zeroPoint)`, and comes back
/// as `(code - zeroPoint) * scale`.
///
/// @param scale the group's scale; 0 for a group of zeros
/// @param zero the zero point of an asymmetric group, or -1
/// @param tensorScale the scale of the tensor, 1 where there is none
/// @param factor what values are multiplied by, or 0 where they are divided
/// @param zeroPoint the real zero point of an affine group, or NaN
record Scaling(float scale, int zero, float tensorScale, float factor, float zeroPoint) {
  private static final BlockFormat NVFP4 = BlockFormat.NVFP4;
  private static final float[] MSE_STEPS = {1, 2, 0.5f, 0.25f};

  Scaling(float scale, int zero, float tensorScale) {
    this(scale, zero, tensorScale, 0, Float.NaN);
  }

  /// An affine group.
  static Scaling affine(float scale, float zeroPoint) {
    return new Scaling(scale, -1, 1, 0, zeroPoint);
  }

  /// The scaling of a group whose values lie between `low` and `high`, as far as they count.
  static Scaling of(Quantizer q, float low, float high, float tensorScale, float[] group) {
    float magnitude = Math.max(-low, high);
    return switch (q.scale()) {
      case Quantizer.Scale.Symmetric _, Quantizer.Scale.Doubled _ ->
          new Scaling(positive(magnitude / q.grid().largest()), -1, 1);
      case Quantizer.Scale.Rounded(DType type) ->
          new Scaling(rounded(type, magnitude / q.grid().largest()), -1, 1);
      case Quantizer.Scale.Asymmetric _ -> asymmetric(q.grid().bits(), low, high);
      case Quantizer.Scale.Affine _ -> affine(q.grid().bits(), low, high, group);
      case Quantizer.Scale.PowerOfTwo(ScaleRule rule) ->
          rule == ScaleRule.MSE
              ? best(q.grid(), magnitude, group)
              : new Scaling(powerOfTwo(q.grid(), rule, magnitude), -1, 1);
      case Quantizer.Scale.TwoLevel(NvOrder order) -> twoLevel(order, magnitude, tensorScale);
    };
  }

  /// A scale whose reciprocal is finite, or 0.
  private static float positive(float scale) {
    return scale == 0 ? 0 : Math.max(scale, Float.MIN_NORMAL);
  }

  /// The nearest number of the scale's type; 0 where that is nothing.
  private static float rounded(DType type, float scale) {
    return Codec.of(type).round(scale);
  }

  private static Scaling asymmetric(int bits, float low, float high) {
    int most = (1 << bits) - 1;
    float scale = positive((high - low) / most);
    int zero = scale == 0 ? 0 : Math.clamp((int) Math.rint(-low / scale), 0, most);
    return new Scaling(scale, zero, 1);
  }

  /// Between the smallest and the largest value of the group, as far as `low` and `high` let them
  /// count.
  private static Scaling affine(int bits, float low, float high, float[] group) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float x : group) {
      least = Math.min(least, Math.max(x, low));
      most = Math.max(most, Math.min(x, high));
    }
    if (!(least <= most)) {
      return affine(0, 0);
    }
    float scale = positive((most - least) / ((1 << bits) - 1));
    // one value in the whole group: the code 1 at a scale of that value
    return scale == 0 ? affine(least == 0 ? 0 : least, 0) : affine(scale, -least / scale);
  }

  private static Scaling twoLevel(NvOrder order, float magnitude, float tensorScale) {
    float[] scales = new float[1];
    BlockCodec.quantize(
        NVFP4,
        BlockRules.OCP.with(order),
        new float[] {magnitude},
        0,
        1,
        tensorScale,
        new float[1],
        0,
        scales,
        0);
    float factor = factor(order, scales[0], tensorScale);
    return new Scaling(scales[0], -1, tensorScale, factor, Float.NaN);
  }

  /// The scaling that a checkpoint holds.
  static Scaling stored(Quantizer.Scale kind, float scale, int zero, float tensorScale) {
    return kind instanceof Quantizer.Scale.TwoLevel(NvOrder order)
        ? new Scaling(scale, -1, tensorScale, factor(order, scale, tensorScale), Float.NaN)
        : new Scaling(scale, zero, tensorScale);
  }

  private static float factor(NvOrder order, float scale, float tensorScale) {
    return switch (order) {
      case DIVIDE -> 0;
      case RECIPROCAL -> 1 / tensorScale / scale;
      case MULTIPLY -> Math.min(1 / (scale * tensorScale), Float.MAX_VALUE);
    };
  }

  private static Scaling best(Grid grid, float magnitude, float[] group) {
    float floor = powerOfTwo(grid, ScaleRule.FLOOR, magnitude);
    Scaling best = new Scaling(floor, -1, 1);
    double least = Double.POSITIVE_INFINITY;
    for (float step : MSE_STEPS) {
      float scale = Math.clamp(floor * step, 0x1p-127f, 0x1p127f);
      Scaling next = new Scaling(scale, -1, 1);
      double error = magnitude == 0 ? 0 : next.squaredError(grid, group);
      if (error < least) {
        least = error;
        best = next;
      }
    }
    return best;
  }

  private static float powerOfTwo(Grid grid, ScaleRule rule, float magnitude) {
    if (grid instanceof Grid.Floats(DType type)) {
      return blockScale(new BlockFormat("group", type, DType.E8M0, 1, false), rule, magnitude);
    }
    if (grid.equals(Grid.MXINT8)) {
      return blockScale(BlockFormat.MXINT8, rule, magnitude);
    }
    return integerPower(grid, rule, magnitude);
  }

  private static float blockScale(BlockFormat format, ScaleRule rule, float magnitude) {
    float[] scales = new float[1];
    BlockCodec.quantize(format, rule, new float[] {magnitude}, 0, 1, 1, new float[1], 0, scales, 0);
    return scales[0];
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
          case FLOOR, MSE -> false;
          case RCEIL -> significand > Math.scalb((double) grid.largest(), -top);
          case EVEN -> significand >= 2 - Math.scalb(1.0, -grid.bits() + 1);
          case CEIL -> significand > 1;
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

  /// The code of `x`, to the nearest.
  int code(Grid grid, float x) {
    if (zeroPoint == zeroPoint) {
      return code(grid, x, Rounding.NEAREST_EVEN, 0);
    }
    if (zero >= 0) {
      int most = (1 << grid.bits()) - 1;
      return scale == 0 ? zero : (int) Math.clamp(Math.rint(x / scale) + zero, 0, most);
    }
    return grid.code(scaled(x));
  }

  /// The code of `x`, rounded as named.
  int code(Grid grid, float x, Rounding rounding, long index) {
    if (zeroPoint == zeroPoint) {
      int steps = scale == 0 ? 0 : Whole.rounded(x / scale + zeroPoint, rounding, index);
      return Math.clamp(steps, 0, (1 << grid.bits()) - 1);
    }
    if (rounding == Rounding.NEAREST_EVEN) {
      return code(grid, x);
    }
    if (zero >= 0) {
      int most = (1 << grid.bits()) - 1;
      int steps = scale == 0 ? 0 : Whole.rounded(x / scale, rounding, index);
      return Math.clamp((long) steps + zero, 0, most);
    }
    return grid.code((double) scaled(x), rounding, index);
  }

  private float scaled(float x) {
    if (factor != 0) {
      return x * factor;
    }
    return scale == 0 ? 0 : x / (scale * tensorScale);
  }

  float value(Grid grid, int code) {
    if (zeroPoint == zeroPoint) {
      return (code - zeroPoint) * scale;
    }
    return zero >= 0 ? (code - zero) * scale : grid.value(code) * scale * tensorScale;
  }

  /// The value after storing to the nearest.
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

  double squaredError(Grid grid, float[] group, double[] weights) {
    double sum = 0;
    for (int i = 0; i < group.length; i++) {
      double error = (double) group[i] - nearest(grid, group[i]);
      sum += weights[i] * error * error;
    }
    return sum;
  }
}
