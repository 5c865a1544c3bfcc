package maia.numerics;

/// Sine and cosine: reduction by multiples of pi/2 to a double, then a polynomial.
final class Trigonometry {
  private static final double TWO_OVER_PI = 0.6366197723675814;
  private static final double PIO2_HIGH = 1.5707963267341256;
  private static final double PIO2_LOW = 6.077100506506192e-11;
  private static final double ROUND = 6755399441055744.0;

  private Trigonometry() {}

  static float sin(float x) {
    double n = quadrants(x);
    return evaluate(rest(x, n), (long) n);
  }

  static float cos(float x) {
    double n = quadrants(x);
    return evaluate(rest(x, n), (long) n + 1);
  }

  private static double quadrants(float x) {
    return Math.fma(x, TWO_OVER_PI, ROUND) - ROUND;
  }

  private static double rest(float x, double n) {
    return Math.fma(n, -PIO2_LOW, Math.fma(n, -PIO2_HIGH, x));
  }

  private static float evaluate(double r, long quadrant) {
    double s = r * r;
    double p;
    if ((quadrant & 1) == 0) {
      p = Math.fma(2.7557319e-6, s, -1.9841270e-4);
      p = Math.fma(p, s, 8.3333333e-3);
      p = Math.fma(p, s, -1.6666667e-1);
      p = Math.fma(p * s, r, r);
    } else {
      p = Math.fma(2.4801587e-5, s, -1.3888889e-3);
      p = Math.fma(p, s, 4.1666667e-2);
      p = Math.fma(p, s, -0.5);
      p = Math.fma(p, s, 1.0);
    }
    return (float) ((quadrant & 2) == 0 ? p : -p);
  }
}
