package maia.numerics;

import java.util.Objects;

/// Elementary functions in binary32 from fused multiply-adds, additions, multiplications, divisions
/// and bit operations only, so that the bits are the same on every machine, in every array length,
/// cold and warm. Special values, infinities, signed zeros and NaN are as in [Math]; subnormal
/// arguments and results are exact to the same bounds.
///
/// Largest errors, in units in the last place of the correctly rounded result, measured over all
/// arguments in steps and tested: exp 1.0, exp2 1.0, log 0.8, log2 0.9, tanh 1.3, erf 1.2, sigmoid
/// 2.4, sin 0.51, cos 0.51.
///
/// The array forms allow the same array at the same place for input and output, but no other
/// overlap.
public final class Fmath {
  static final float LOG2_E = 0x1.715476p0f;
  static final float LOG2_E_LOW = 1.925963e-8f;
  static final float LN2 = 0x1.62e43p-1f;

  /// ln 2 in 15 bits, so that products with exponents are exact, and the rest.
  static final float LN2_HIGH = 0x1.62e4p-1f;

  static final float LN2_LOW = 0x1.7f7d1cp-20f;

  /// Added and subtracted, it rounds to an integer; the integer is in the low bits of the sum.
  static final float ROUND = 0x1.8p23f;

  /// Where the polynomials of tanh and erf end.
  static final float TANH_SMALL = 0.625f;

  static final float ERF_SMALL = 0.921875f;

  /// erf rounds to 1 from here on.
  static final float ERF_ONE = 3.95f;

  /// The bits of sqrt(1/2): significands from there to sqrt(2) are close to 1.
  static final int SQRT_HALF = 0x3F3504F3;

  private Fmath() {}

  /// e^x.
  public static float exp(float x) {
    float high = x > 89f ? 89f : x;
    float y = high < -104f ? -104f : high;
    float t = Math.fma(y, LOG2_E, ROUND);
    float n = t - ROUND;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, y));
    return scale(expSeries(r), t);
  }

  /// 2^x.
  public static float exp2(float x) {
    float high = x > 129f ? 129f : x;
    float y = high < -151f ? -151f : high;
    float t = y + ROUND;
    return scale(expSeries((y - (t - ROUND)) * LN2), t);
  }

  /// e^r for |r| up to ln(2)/2.
  private static float expSeries(float r) {
    float p = Math.fma(0x1.a12652p-13f, r, 0x1.6d44b2p-10f);
    p = Math.fma(p, r, 0x1.1110ep-7f);
    p = Math.fma(p, r, 0x1.5554e8p-5f);
    p = Math.fma(p, r, 0x1.555556p-3f);
    p = Math.fma(p, r, 0x1p-1f);
    return Math.fma(p, r * r, r) + 1f;
  }

  /// p * 2^n where `t` is n + [#ROUND]; in two steps, so that a subnormal result rounds once.
  private static float scale(float p, float t) {
    int n = Float.floatToRawIntBits(t) - Float.floatToRawIntBits(ROUND);
    int half = n >> 1;
    float first = p * Float.intBitsToFloat((half + 127) << 23);
    return first * Float.intBitsToFloat((n - half + 127) << 23);
  }

  /// The natural logarithm.
  public static float log(float x) {
    if (!(x > 0f) || x == Float.POSITIVE_INFINITY) {
      return logSpecial(x);
    }
    int bits = logBits(x);
    float e = logExponent(x, bits);
    float f = logFraction(bits);
    float s = f * f;
    float y = Math.fma(e, LN2_LOW, logSeries(f) * (f * s));
    return Math.fma(e, LN2_HIGH, f + Math.fma(-0.5f, s, y));
  }

  /// The binary logarithm.
  public static float log2(float x) {
    if (!(x > 0f) || x == Float.POSITIVE_INFINITY) {
      return logSpecial(x);
    }
    int bits = logBits(x);
    float f = logFraction(bits);
    float s = f * f;
    float y = Math.fma(-0.5f, s, logSeries(f) * (f * s));
    float low = Math.fma(y, LOG2_E, f * LOG2_E_LOW);
    return logExponent(x, bits) + Math.fma(f, LOG2_E, low);
  }

  private static float logSpecial(float x) {
    if (x == 0f) {
      return Float.NEGATIVE_INFINITY;
    }
    return x == Float.POSITIVE_INFINITY ? x : Float.NaN;
  }

  private static int logBits(float x) {
    float normal = x < Float.MIN_NORMAL ? x * 0x1p24f : x;
    return Float.floatToRawIntBits(normal) - SQRT_HALF;
  }

  private static float logExponent(float x, int bits) {
    float e = bits >> 23;
    return x < Float.MIN_NORMAL ? e - 24f : e;
  }

  private static float logFraction(int bits) {
    return Float.intBitsToFloat((bits & 0x7fffff) + SQRT_HALF) - 1f;
  }

  /// (ln(1 + f) - f + f^2 / 2) / f^3.
  private static float logSeries(float f) {
    float p = Math.fma(0x1.1d8ea6p-4f, f, -0x1.d635bcp-4f);
    p = Math.fma(p, f, 0x1.dea282p-4f);
    p = Math.fma(p, f, -0x1.fcf4c6p-4f);
    p = Math.fma(p, f, 0x1.23d21ap-3f);
    p = Math.fma(p, f, -0x1.555b4ap-3f);
    p = Math.fma(p, f, 0x1.999d5ap-3f);
    p = Math.fma(p, f, -0x1.fffffcp-3f);
    p = Math.fma(p, f, 0x1.555554p-2f);
    return p;
  }

  /// The hyperbolic tangent.
  public static float tanh(float x) {
    float a = Math.abs(x);
    if (a < TANH_SMALL) {
      return tanhSeries(x);
    }
    return Math.copySign(1f - 2f / (exp(2f * a) + 1f), x);
  }

  private static float tanhSeries(float x) {
    float s = x * x;
    float p = Math.fma(0x1.2c83cp-9f, s, -0x1.116a16p-7f);
    p = Math.fma(p, s, 0x1.64a976p-6f);
    p = Math.fma(p, s, -0x1.ba08c4p-5f);
    p = Math.fma(p, s, 0x1.1110eap-3f);
    p = Math.fma(p, s, -0x1.555556p-2f);
    return Math.copySign(Math.fma(p * s, x, x), x);
  }

  /// The logistic function 1 / (1 + e^-x).
  public static float sigmoid(float x) {
    float e = exp(-Math.abs(x));
    return (x < 0f ? e : 1f) / (1f + e);
  }

  /// The error function.
  public static float erf(float x) {
    float a = Math.abs(x);
    return a < ERF_SMALL ? erfSeries(x) : Math.copySign(1f - exp(-erfcExponent(a)), x);
  }

  private static float erfSeries(float x) {
    float s = x * x;
    float p = Math.fma(0x1.5d955cp-14f, s, -0x1.aa7e38p-11f);
    p = Math.fma(p, s, 0x1.54cfb6p-8f);
    p = Math.fma(p, s, -0x1.b80f72p-6f);
    p = Math.fma(p, s, 0x1.ce2e14p-4f);
    p = Math.fma(p, s, -0x1.812744p-2f);
    p = Math.fma(p, s, 0x1.06eba8p-3f);
    return Math.fma(p, x, x);
  }

  /// -ln(1 - erf(a)).
  private static float erfcExponent(float a) {
    float t = a > ERF_ONE ? ERF_ONE : a;
    float p = Math.fma(-0x1.4bbb02p-22f, t, 0x1.567b72p-18f);
    p = Math.fma(p, t, -0x1.295b5p-16f);
    p = Math.fma(p, t, -0x1.0a35fap-12f);
    p = Math.fma(p, t, 0x1.d8cd92p-9f);
    p = Math.fma(p, t, -0x1.87d53p-6f);
    p = Math.fma(p, t, 0x1.b479a6p-4f);
    p = Math.fma(p, t, 0x1.451192p-1f);
    p = Math.fma(p, t, 0x1.20f3c6p0f);
    return p * t;
  }

  /// The sine of an angle in radians, of any size.
  public static float sin(float x) {
    return Trigonometry.sin(x);
  }

  /// The cosine of an angle in radians, of any size.
  public static float cos(float x) {
    return Trigonometry.cos(x);
  }

  /// [#exp(float)] of `in[at..at+count]` to `out[outAt..]`.
  public static void exp(float[] in, int at, float[] out, int outAt, int count) {
    check(in, at, out, outAt, count);
    Kernels.current(Kernels.Kind.EXP, count).exp(in, at, out, outAt, count);
  }

  /// [#exp2(float)] of `in[at..at+count]` to `out[outAt..]`.
  public static void exp2(float[] in, int at, float[] out, int outAt, int count) {
    check(in, at, out, outAt, count);
    Kernels.current(Kernels.Kind.EXP2, count).exp2(in, at, out, outAt, count);
  }

  /// [#log(float)] of `in[at..at+count]` to `out[outAt..]`.
  public static void log(float[] in, int at, float[] out, int outAt, int count) {
    check(in, at, out, outAt, count);
    Kernels.current(Kernels.Kind.LOG, count).log(in, at, out, outAt, count);
  }

  /// [#log2(float)] of `in[at..at+count]` to `out[outAt..]`.
  public static void log2(float[] in, int at, float[] out, int outAt, int count) {
    check(in, at, out, outAt, count);
    Kernels.current(Kernels.Kind.LOG2, count).log2(in, at, out, outAt, count);
  }

  /// [#tanh(float)] of `in[at..at+count]` to `out[outAt..]`.
  public static void tanh(float[] in, int at, float[] out, int outAt, int count) {
    check(in, at, out, outAt, count);
    Kernels.current(Kernels.Kind.TANH, count).tanh(in, at, out, outAt, count);
  }

  /// [#erf(float)] of `in[at..at+count]` to `out[outAt..]`.
  public static void erf(float[] in, int at, float[] out, int outAt, int count) {
    check(in, at, out, outAt, count);
    Kernels.current(Kernels.Kind.ERF, count).erf(in, at, out, outAt, count);
  }

  /// [#sigmoid(float)] of `in[at..at+count]` to `out[outAt..]`.
  public static void sigmoid(float[] in, int at, float[] out, int outAt, int count) {
    check(in, at, out, outAt, count);
    Kernels.current(Kernels.Kind.SIGMOID, count).sigmoid(in, at, out, outAt, count);
  }

  /// [#sin(float)] of `in[at..at+count]` to `out[outAt..]`.
  public static void sin(float[] in, int at, float[] out, int outAt, int count) {
    check(in, at, out, outAt, count);
    for (int i = 0; i < count; i++) {
      out[outAt + i] = sin(in[at + i]);
    }
  }

  /// [#cos(float)] of `in[at..at+count]` to `out[outAt..]`.
  public static void cos(float[] in, int at, float[] out, int outAt, int count) {
    check(in, at, out, outAt, count);
    for (int i = 0; i < count; i++) {
      out[outAt + i] = cos(in[at + i]);
    }
  }

  private static void check(float[] in, int at, float[] out, int outAt, int count) {
    Objects.checkFromIndexSize(at, count, in.length);
    Objects.checkFromIndexSize(outAt, count, out.length);
  }
}
