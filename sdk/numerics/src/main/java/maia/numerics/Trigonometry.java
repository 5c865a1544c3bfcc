package maia.numerics;

/// Sine and cosine in binary64 with one rounding at the end: reduction by multiples of pi/2, then a
/// polynomial.
final class Trigonometry {
  private static final double TWO_OVER_PI = 0.6366197723675814;
  private static final double PIO2 = 1.5707963267948966;

  /// The upper 33 bits of pi/2 and the rest.
  private static final double PIO2_HIGH = 0x1.921fb544p+0;

  private static final double PIO2_LOW = 0x1.0b4611a626331p-34;
  private static final double ROUND = 6755399441055744.0;

  /// Below this a product with the number of quadrants is exact enough.
  private static final float LARGE = 0x1p26f;

  /// The first 256 bits of 2/pi.
  private static final long[] TWO_OVER_PI_BITS = {
    0xa2f9836e4e441529L, 0xfc2757d1f534ddc0L, 0xdb6295993c439041L, 0xfe5163abdebbc561L
  };

  private Trigonometry() {}

  static float sin(float x) {
    if (Math.abs(x) >= LARGE) {
      return large(x, 0);
    }
    double n = quadrants(x);
    float result = evaluate(rest(x, n), (long) n);
    return x == 0 ? x : result;
  }

  static float cos(float x) {
    if (Math.abs(x) >= LARGE) {
      return large(x, 1);
    }
    double n = quadrants(x);
    return evaluate(rest(x, n), (long) n + 1);
  }

  private static double quadrants(float x) {
    return Math.fma(x, TWO_OVER_PI, ROUND) - ROUND;
  }

  private static double rest(float x, double n) {
    return Math.fma(n, -PIO2_LOW, Math.fma(n, -PIO2_HIGH, x));
  }

  /// Payne-Hanek: x * 2/pi modulo 4 in integers, 62 bits after the point.
  private static float large(float x, int shift) {
    if (!(Math.abs(x) < Float.POSITIVE_INFINITY)) {
      return Float.NaN;
    }
    int bits = Float.floatToRawIntBits(x) & Integer.MAX_VALUE;
    long significand = bits & 0x7fffff | 0x800000;
    int skip = (bits >>> 23) - 150 - 2;
    long high = window(skip);
    long low = window(skip + 64);
    long product = significand * high + Math.unsignedMultiplyHigh(significand, low);
    long quadrant = product + (1L << 61) >>> 62;
    double rest = (product - (quadrant << 62)) * 0x1p-62 * PIO2;
    boolean negative = x < 0;
    float size = evaluate(negative ? -rest : rest, (negative ? -quadrant : quadrant) + shift);
    return size;
  }

  /// 64 bits of 2/pi from bit `skip` on.
  private static long window(int skip) {
    int word = skip >> 6;
    int shift = skip & 63;
    long upper = TWO_OVER_PI_BITS[word] << shift;
    return shift == 0 ? upper : upper | TWO_OVER_PI_BITS[word + 1] >>> (64 - shift);
  }

  private static float evaluate(double r, long quadrant) {
    double s = r * r;
    double p = (quadrant & 1) == 0 ? sine(r, s) : cosine(s);
    return (float) ((quadrant & 2) == 0 ? p : -p);
  }

  private static double sine(double r, double s) {
    double p = Math.fma(2.7249314054698804e-06, s, -0.00019840082012765537);
    p = Math.fma(p, s, 0.008333331865959415);
    p = Math.fma(p, s, -0.16666666663832763);
    return Math.fma(p * s, r, r);
  }

  private static double cosine(double s) {
    double p = Math.fma(-2.7300448619488353e-07, s, 2.4800596435621998e-05);
    p = Math.fma(p, s, -0.0013888887664713619);
    p = Math.fma(p, s, 0.0416666666643024);
    p = Math.fma(p, s, -0.5);
    return Math.fma(p, s, 1.0);
  }
}
