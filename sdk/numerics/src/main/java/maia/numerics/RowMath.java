package maia.numerics;

import java.util.Arrays;

/// Functions of one row that networks use, in fp32, in place. Sums follow the order of
/// [Reduce#sum].
public final class RowMath {
  private RowMath() {}

  /// exp(x - max) / sum, of `x[0..count]`.
  public static void softmax(float[] x, int count) {
    float max = Reduce.max(x, 0, count, 1);
    Kernels kernels = Kernels.current(Kernels.Kind.EXP_MINUS, count);
    kernels.expMinus(x, 0, max, x, 0, count);
    float sum = Reduce.sum(x, 0, count, 1);
    for (int i = 0; i < count; i++) {
      x[i] /= sum;
    }
  }

  /// (x - max) - log(sum of exp(x - max)), of `x[0..count]`; destroys `spare`.
  public static void logSoftmax(float[] x, float[] spare, int count) {
    float max = Reduce.max(x, 0, count, 1);
    Kernels.current(Kernels.Kind.EXP_MINUS, count).expMinus(x, 0, max, spare, 0, count);
    float log = Fmath.log(Reduce.sum(spare, 0, count, 1));
    for (int i = 0; i < count; i++) {
      x[i] = x[i] - max - log;
    }
  }

  /// (x - mean) / sqrt(variance + epsilon), times `weight`, plus `bias` (each may have no
  /// elements), of `x[0..count]`: one over the root, then one product with it, one with the weight,
  /// one addition.
  public static void layerNorm(float[] x, int count, float epsilon, float[] weight, float[] bias) {
    normalize(x, count, Reduce.sum(x, 0, count, 1) / count, epsilon, weight, bias);
  }

  /// x / sqrt(mean of x^2 + epsilon), as [#layerNorm] without a mean.
  public static void rmsNorm(float[] x, int count, float epsilon, float[] weight, float[] bias) {
    normalize(x, count, 0, epsilon, weight, bias);
  }

  private static void normalize(
      float[] x, int count, float mean, float epsilon, float[] weight, float[] bias) {
    float[] lanes = Scratch.floats(Scratch.Slot.LANES, Reduce.LANES);
    Arrays.fill(lanes, 0, Reduce.LANES, 0);
    int whole = count - count % Reduce.LANES;
    Kernels.current(Kernels.Kind.SQUARES, count).squaresToLanes(x, 0, whole, mean, lanes);
    for (int i = whole; i < count; i++) {
      x[i] -= mean;
      lanes[i % Reduce.LANES] += x[i] * x[i];
    }
    float scale = 1 / (float) Math.sqrt(Reduce.tree(lanes) / count + epsilon);
    if (weight.length > 0 && bias.length > 0) {
      affine(x, count, scale, weight, bias);
    } else if (weight.length > 0) {
      scaled(x, count, scale, weight);
    } else {
      scaled(x, count, scale);
      Elementwise.plain(Elementwise.Pair.ADD, x, bias, bias.length);
    }
  }

  private static void affine(float[] x, int count, float scale, float[] weight, float[] bias) {
    for (int i = 0; i < count; i++) {
      x[i] = x[i] * scale * weight[i] + bias[i];
    }
  }

  private static void scaled(float[] x, int count, float scale, float[] weight) {
    for (int i = 0; i < count; i++) {
      x[i] = x[i] * scale * weight[i];
    }
  }

  private static void scaled(float[] x, int count, float scale) {
    for (int i = 0; i < count; i++) {
      x[i] *= scale;
    }
  }
}
