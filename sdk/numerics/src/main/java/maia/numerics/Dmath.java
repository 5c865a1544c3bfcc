package maia.numerics;

/// Elementary and special functions in binary64, the same bits on every machine: the JDK's
/// `StrictMath` where it has the function, whose results the Java specification fixes bit for bit
/// (decision 037), and our own series elsewhere. Special values are as in [Math].
///
/// Largest relative errors of our own functions, tested: erf, erfc and inverse erf 1e-14 (erfc up
/// to x = 26), log-gamma and digamma 1e-13 away from their zeros.
public final class Dmath {
  private static final double SQRT_PI = 1.7724538509055160273;
  private static final double LN2 = 0.69314718055994530942;

  /// erf rounds to 1 from here on.
  private static final double ERF_ONE = 6;

  /// Terms of the continued fraction, enough from x = 1 on.
  private static final int FRACTION = 160;

  /// Lanczos' approximation for g = 7 (P. Godfrey's coefficients).
  private static final double[] LANCZOS = {
    0.99999999999980993227684700473478,
    676.520368121885098567009190444019,
    -1259.13921672240287047156078755283,
    771.3234287776530788486528258894,
    -176.61502916214059906584551354,
    12.507343278686904814458936853,
    -0.13857109526572011689554707,
    9.984369578019570859563e-6,
    1.50563273514931155834e-7
  };

  /// Bernoulli numbers over their index, for the asymptotic series of digamma.
  private static final double[] DIGAMMA = {
    1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12
  };

  /// Bernoulli numbers, for the asymptotic series of trigamma.
  private static final double[] TRIGAMMA = {
    1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6
  };

  private Dmath() {}

  /// e^x.
  public static double exp(double x) {
    return StrictMath.exp(x);
  }

  /// 2^x.
  public static double exp2(double x) {
    return StrictMath.pow(2, x);
  }

  /// e^x - 1, exact near 0.
  public static double expm1(double x) {
    return StrictMath.expm1(x);
  }

  /// The natural logarithm.
  public static double log(double x) {
    return StrictMath.log(x);
  }

  /// The natural logarithm of 1 + x, exact near 0.
  public static double log1p(double x) {
    return StrictMath.log1p(x);
  }

  /// The binary logarithm; exact for powers of two.
  public static double log2(double x) {
    if (x > 0 && x < Double.POSITIVE_INFINITY) {
      int exponent = Math.getExponent(x);
      if (exponent >= Double.MIN_EXPONENT && x == Math.scalb(1.0, exponent)) {
        return exponent;
      }
    }
    return StrictMath.log(x) / LN2;
  }

  /// The decimal logarithm.
  public static double log10(double x) {
    return StrictMath.log10(x);
  }

  /// x to the power y.
  public static double pow(double x, double y) {
    boolean one = x == 1 || x == -1 && Double.isInfinite(y);
    return one ? 1 : StrictMath.pow(x, y); // Java makes NaN of these, IEEE 754 does not
  }

  /// The sine of an angle in radians.
  public static double sin(double x) {
    return StrictMath.sin(x);
  }

  /// The cosine of an angle in radians.
  public static double cos(double x) {
    return StrictMath.cos(x);
  }

  /// The tangent of an angle in radians.
  public static double tan(double x) {
    return StrictMath.tan(x);
  }

  /// The angle in [-pi/2, pi/2] whose sine is x.
  public static double asin(double x) {
    return StrictMath.asin(x);
  }

  /// The angle in [0, pi] whose cosine is x.
  public static double acos(double x) {
    return StrictMath.acos(x);
  }

  /// The angle in [-pi/2, pi/2] whose tangent is x.
  public static double atan(double x) {
    return StrictMath.atan(x);
  }

  /// The angle of the point (x, y), in [-pi, pi].
  public static double atan2(double y, double x) {
    return StrictMath.atan2(y, x);
  }

  /// The hyperbolic sine.
  public static double sinh(double x) {
    return StrictMath.sinh(x);
  }

  /// The hyperbolic cosine.
  public static double cosh(double x) {
    return StrictMath.cosh(x);
  }

  /// The hyperbolic tangent.
  public static double tanh(double x) {
    return StrictMath.tanh(x);
  }

  /// The inverse of [#sinh].
  public static double asinh(double x) {
    double a = Math.abs(x);
    double y = a > 0x1p28 ? log(a) + LN2 : log1p(a + a * a / (1 + Math.sqrt(a * a + 1)));
    return Math.copySign(y, x);
  }

  /// The inverse of [#cosh] from 1 on.
  public static double acosh(double x) {
    if (x > 0x1p28) {
      return log(x) + LN2;
    }
    double t = x - 1;
    return log1p(t + Math.sqrt(2 * t + t * t));
  }

  /// The inverse of [#tanh] between -1 and 1.
  public static double atanh(double x) {
    double a = Math.abs(x);
    return Math.copySign(0.5 * log1p(2 * a / (1 - a)), x);
  }

  /// The length of the vector (x, y).
  public static double hypot(double x, double y) {
    return StrictMath.hypot(x, y);
  }

  /// The logistic function 1 / (1 + e^-x).
  public static double sigmoid(double x) {
    double e = exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  }

  /// The error function.
  public static double erf(double x) {
    double a = Math.abs(x);
    if (!(a < ERF_ONE)) {
      return a >= ERF_ONE ? Math.copySign(1, x) : x;
    }
    return Math.copySign(a < 2 ? erfSeries(a) : 1 - erfcFraction(a), x);
  }

  /// 1 - [#erf], exact for large x.
  public static double erfc(double x) {
    if (x < 1) {
      return 1 - erf(x);
    }
    return x >= 28 ? 0 : x >= 1 ? erfcFraction(x) : x;
  }

  /// 2/sqrt(pi) e^(-x^2) times the sum of 2^n x^(2n+1) / (1 3 .. (2n+1)), all of one sign.
  private static double erfSeries(double x) {
    double square = 2 * x * x;
    double term = x;
    double sum = x;
    for (int n = 1; term > sum * 0x1p-60; n++) {
      term *= square / (2 * n + 1);
      sum += term;
    }
    return 2 / SQRT_PI * exp(-x * x) * sum;
  }

  private static double erfcFraction(double x) {
    double tail = x;
    for (int k = FRACTION; k > 0; k--) {
      tail = x + k * 0.5 / tail;
    }
    return exp(-x * x) / (SQRT_PI * tail);
  }

  /// The inverse of [#erf] between -1 and 1.
  public static double erfinv(double y) {
    double a = Math.abs(y);
    if (!(a < 1)) {
      return a == 1 ? Math.copySign(Double.POSITIVE_INFINITY, y) : Double.NaN;
    }
    if (a < 1e-9) {
      return y * SQRT_PI / 2;
    }
    double l = log1p(-a * a);
    double t = 2 / (Math.PI * 0.147) + l / 2; // Winitzki's approximation starts the iteration
    double x = Math.sqrt(Math.sqrt(t * t - l / 0.147) - t);
    for (int i = 0; i < 4 && x > 0; i++) {
      double error = x < 1 ? erf(x) - a : (1 - a) - erfc(x);
      double step = error * SQRT_PI / 2 * exp(x * x);
      x -= step / (1 + x * step); // Halley
    }
    return Math.copySign(x, y);
  }

  /// The natural logarithm of the magnitude of the gamma function.
  public static double lgamma(double x) {
    if (x <= 0 && x == Math.rint(x)) {
      return Double.POSITIVE_INFINITY;
    }
    if (x < 0.5) {
      double sine = Math.abs(sin(Math.PI * (x - 2 * Math.rint(x / 2))));
      return log(Math.PI / sine) - lgamma(1 - x);
    }
    if (x == 1 || x == 2) {
      return 0;
    }
    if (x == Double.POSITIVE_INFINITY) {
      return x;
    }
    double sum = LANCZOS[0];
    for (int i = 1; i < LANCZOS.length; i++) {
      sum += LANCZOS[i] / (x - 1 + i);
    }
    double t = x + 6.5;
    return 0.91893853320467274178 + (x - 0.5) * log(t) - t + log(sum);
  }

  /// The derivative of [#lgamma].
  public static double digamma(double x) {
    if (x <= 0) {
      if (x == Math.rint(x)) {
        return x == 0 ? Math.copySign(Double.POSITIVE_INFINITY, -x) : Double.NaN;
      }
      return digamma(1 - x) - Math.PI / tan(Math.PI * (x - Math.rint(x)));
    }
    double at = x;
    double sum = 0;
    while (at < 12) {
      sum -= 1 / at++;
    }
    double inverse = 1 / (at * at);
    return sum + log(at) - 0.5 / at - series(DIGAMMA, inverse) * inverse;
  }

  /// The derivative of [#digamma].
  public static double trigamma(double x) {
    if (x <= 0) {
      double sine = sin(Math.PI * (x - Math.rint(x)));
      return Math.PI * Math.PI / (sine * sine) - trigamma(1 - x);
    }
    double at = x;
    double sum = 0;
    while (at < 12) {
      sum += 1 / (at * at);
      at++;
    }
    double inverse = 1 / (at * at);
    return sum + 1 / at + 0.5 * inverse + series(TRIGAMMA, inverse) * inverse / at;
  }

  private static double series(double[] coefficients, double x) {
    double y = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      y = y * x + coefficients[i];
    }
    return y;
  }
}
