package maia.numerics;

/// Logarithms.
final class Logs {
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float LOG2_E = 1.442695f;
  private static final float LOG2_E_LOW = 1.925963033500545e-8f;

  private Logs() {}

  static float log(float x) {
    if (!(x > 0f) || x == Float.POSITIVE_INFINITY) {
      return special(x);
    }
    float scaled = x < Float.MIN_NORMAL ? x * 0x1p24f : x;
    int bits = Float.floatToRawIntBits(scaled) - 0x3F3504F3;
    float e = (bits >> 23) - (x < Float.MIN_NORMAL ? 24 : 0);
    float f = Float.intBitsToFloat((bits & 0x7fffff) + 0x3F3504F3) - 1f;
    float s = f * f;
    float y = Math.fma(e, LN2_LOW, tail(f) * f * s);
    y = Math.fma(-0.5f, s, y);
    return Math.fma(e, LN2_HIGH, f + y);
  }

  static float log2(float x) {
    if (!(x > 0f) || x == Float.POSITIVE_INFINITY) {
      return special(x);
    }
    float scaled = x < Float.MIN_NORMAL ? x * 0x1p24f : x;
    int bits = Float.floatToRawIntBits(scaled) - 0x3F3504F3;
    float e = (bits >> 23) - (x < Float.MIN_NORMAL ? 24 : 0);
    float f = Float.intBitsToFloat((bits & 0x7fffff) + 0x3F3504F3) - 1f;
    float s = f * f;
    float y = Math.fma(-0.5f, s, tail(f) * f * s);
    float low = Math.fma(y, LOG2_E, f * LOG2_E_LOW);
    return e + Math.fma(f, LOG2_E, low);
  }

  private static float tail(float f) {
    float p = Math.fma(7.0376836292e-2f, f, -1.1514610310e-1f);
    p = Math.fma(p, f, 1.1676998740e-1f);
    p = Math.fma(p, f, -1.2420140846e-1f);
    p = Math.fma(p, f, 1.4249322787e-1f);
    p = Math.fma(p, f, -1.6668057665e-1f);
    p = Math.fma(p, f, 2.0000714765e-1f);
    p = Math.fma(p, f, -2.4999993993e-1f);
    return Math.fma(p, f, 3.3333331174e-1f);
  }

  private static float special(float x) {
    if (x == 0f) {
      return Float.NEGATIVE_INFINITY;
    }
    return x == Float.POSITIVE_INFINITY ? x : Float.NaN;
  }
}
