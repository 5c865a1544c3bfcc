package maia.numerics;

/// Elementary functions in binary32 from fused multiply-adds, additions, multiplications, divisions
/// and bit operations only, so that the bits are the same on every machine, in every array length,
/// cold and warm. Special values are those of [Math].
public final class Fmath {
  private static final float LOG2_E = 1.442695f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float ROUND = 12582912f;

  private Fmath() {}

  /// e^x.
  public static float exp(float x) {
    float y = x > 89f ? 89f : x;
    y = y < -104f ? -104f : y;
    float t = Math.fma(y, LOG2_E, ROUND);
    float n = t - ROUND;
    float r = Math.fma(n, -LN2_HIGH, y);
    return scale(expPolynomial(Math.fma(n, -LN2_LOW, r)), t);
  }

  /// 2^x.
  public static float exp2(float x) {
    float y = x > 129f ? 129f : x;
    y = y < -151f ? -151f : y;
    float t = y + ROUND;
    return scale(expPolynomial((y - (t - ROUND)) * 0.6931472f), t);
  }

  private static float expPolynomial(float r) {
    float p = Math.fma(1.9841270e-4f, r, 1.3888889e-3f);
    p = Math.fma(p, r, 8.3333333e-3f);
    p = Math.fma(p, r, 4.1666667e-2f);
    p = Math.fma(p, r, 1.6666667e-1f);
    p = Math.fma(p, r, 0.5f);
    p = Math.fma(p, r * r, r);
    return p + 1f;
  }

  /// p * 2^n where `t` is n + 1.5 * 2^23; two steps, so that subnormal results round once.
  private static float scale(float p, float t) {
    int n = Float.floatToRawIntBits(t) - 0x4B400000;
    int half = n >> 1;
    float first = p * Float.intBitsToFloat((half + 127) << 23);
    return first * Float.intBitsToFloat((n - half + 127) << 23);
  }

  /// The natural logarithm.
  public static float log(float x) {
    return Logs.log(x);
  }

  /// The binary logarithm.
  public static float log2(float x) {
    return Logs.log2(x);
  }

  /// The hyperbolic tangent.
  public static float tanh(float x) {
    float a = Math.abs(x);
    if (a < 0.625f) {
      float s = x * x;
      float p = Math.fma(-5.70498872745e-3f, s, 2.06390887954e-2f);
      p = Math.fma(p, s, -5.37397155531e-2f);
      p = Math.fma(p, s, 1.33314422036e-1f);
      p = Math.fma(p, s, -3.33332819422e-1f);
      return Math.fma(p * s, x, x);
    }
    return Math.copySign(1f - 2f / (exp(2f * a) + 1f), x);
  }

  /// The logistic function 1 / (1 + e^-x).
  public static float sigmoid(float x) {
    float e = exp(-Math.abs(x));
    return (x < 0f ? e : 1f) / (1f + e);
  }

  /// The error function.
  public static float erf(float x) {
    return Erf.erf(x);
  }

  /// The sine of an angle in radians, of any size.
  public static float sin(float x) {
    return Trigonometry.sin(x);
  }

  /// The cosine of an angle in radians, of any size.
  public static float cos(float x) {
    return Trigonometry.cos(x);
  }

  /// [#exp(float)] of `in[at..at+count]` to `out[outAt..]`; the same array and place are allowed.
  public static void exp(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = exp(in[at + i]);
    }
  }

  /// [#exp2(float)] of `in[at..at+count]` to `out[outAt..]`; the same array and place are allowed.
  public static void exp2(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = exp2(in[at + i]);
    }
  }

  /// [#log(float)] of `in[at..at+count]` to `out[outAt..]`; the same array and place are allowed.
  public static void log(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = log(in[at + i]);
    }
  }

  /// [#log2(float)] of `in[at..at+count]` to `out[outAt..]`; the same array and place are allowed.
  public static void log2(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = log2(in[at + i]);
    }
  }

  /// [#tanh(float)] of `in[at..at+count]` to `out[outAt..]`; the same array and place are allowed.
  public static void tanh(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = tanh(in[at + i]);
    }
  }

  /// [#erf(float)] of `in[at..at+count]` to `out[outAt..]`; the same array and place are allowed.
  public static void erf(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = erf(in[at + i]);
    }
  }

  /// [#sin(float)] of `in[at..at+count]` to `out[outAt..]`; the same array and place are allowed.
  public static void sin(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = sin(in[at + i]);
    }
  }

  /// [#cos(float)] of `in[at..at+count]` to `out[outAt..]`; the same array and place are allowed.
  public static void cos(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = cos(in[at + i]);
    }
  }

  /// [#sigmoid(float)] of `in[at..at+count]` to `out[outAt..]`; the same array and place are
  /// allowed.
  public static void sigmoid(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = sigmoid(in[at + i]);
    }
  }
}
