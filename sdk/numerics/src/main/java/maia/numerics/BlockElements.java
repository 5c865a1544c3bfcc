package maia.numerics;

import java.util.Arrays;

/// Elements of a block under a known scale.
final class BlockElements {
  /// Codes of MXINT8 are 64ths, -127 to 127: -2 is not produced.
  private static final int MOST = 127;

  private static final int STEPS = 64;

  private BlockElements() {}

  /// Writes the element values of `in[at..at+size]` to `out`.
  static void write(
      BlockFormat f,
      BlockRules rules,
      float[] in,
      int at,
      int size,
      float scale,
      float tensorScale,
      float[] out,
      int outAt) {
    boolean isZero = scale == 0 && !(f.tensorScale() && rules.order() == NvOrder.MULTIPLY);
    if (scale != scale || isZero) {
      Arrays.fill(out, outAt, outAt + size, 0f);
    } else if (rules.rounding() == Rounding.NEAREST_EVEN) {
      scaled(f, rules, in, at, size, scale, tensorScale, out, outAt);
      round(f, out, outAt, size);
    } else if (f.tensorScale()) {
      scaled(f, rules, in, at, size, scale, tensorScale, out, outAt);
      for (int i = outAt; i < outAt + size; i++) {
        out[i] = (float) nearest(f, out[i], rules.rounding(), i);
      }
    } else {
      for (int i = 0; i < size; i++) {
        double x = in[at + i] / (double) scale;
        out[outAt + i] = (float) nearest(f, x, rules.rounding(), outAt + i);
      }
    }
  }

  private static void scaled(
      BlockFormat f,
      BlockRules rules,
      float[] in,
      int at,
      int size,
      float scale,
      float tensorScale,
      float[] out,
      int outAt) {
    if (f.tensorScale() && rules.order() == NvOrder.DIVIDE) {
      float total = scale * tensorScale;
      for (int i = 0; i < size; i++) {
        out[outAt + i] = in[at + i] / total;
      }
      return;
    }
    float inverse = f.tensorScale() ? inverse(rules.order(), scale, tensorScale) : 1 / scale;
    for (int i = 0; i < size; i++) {
      out[outAt + i] = in[at + i] * inverse;
    }
  }

  private static float inverse(NvOrder order, float scale, float tensorScale) {
    return order == NvOrder.RECIPROCAL
        ? 1 / tensorScale / scale
        : Math.min(1 / (scale * tensorScale), Float.MAX_VALUE);
  }

  /// Rounds scaled values to the nearest elements, ties to even. The scaled binary32 value of an MX
  /// element is exact unless it is so small that it becomes a zero either way.
  private static void round(BlockFormat f, float[] x, int at, int size) {
    if (!f.element().isInteger()) {
      Codec.of(f.element()).round(x, at, size);
      return;
    }
    for (int i = at; i < at + size; i++) {
      float code = x[i] * STEPS;
      code = code > MOST ? MOST : code;
      code = code < -MOST ? -MOST : code;
      x[i] = (code + Fmath.ROUND - Fmath.ROUND) / STEPS;
    }
  }

  /// The element value of a scaled value, from its own bits.
  static double nearest(BlockFormat f, double x, Rounding rounding, long index) {
    Codec codec = Codec.of(f.element());
    if (!f.element().isInteger()) {
      return codec.decode(codec.encode(x, rounding, Overflow.SATURATE, index));
    }
    int code = (byte) codec.encode(x * STEPS, rounding, Overflow.SATURATE, index);
    return Math.max(code, -MOST) / (double) STEPS;
  }
}
