package maia.tensor.nn;

import maia.base.Check;
import maia.numerics.DType;
import maia.numerics.Fmath;
import maia.tensor.Tensor;

/// Cosines and sines of positions times frequencies, both F32 `[positions, pairs]`, for
/// [maia.tensor.Functional#rotary].
///
/// @param cos the cosines
/// @param sin the sines
public record RotaryAngles(Tensor cos, Tensor sin) {
  /// The frequencies base^(-2i / channels) of pairs i, in radians per position.
  public static float[] frequencies(int channels, double base) {
    Check.argument(
        channels > 0 && channels % 2 == 0,
        "rotary: the channels must be even and positive, were %d",
        channels);
    Check.argument(base > 1, "rotary: the base must be above 1, was %s", base);
    float[] frequencies = new float[channels / 2];
    double ratio = 1 / root(base, frequencies.length);
    double at = 1;
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) at;
      at *= ratio;
    }
    return frequencies;
  }

  /// The `n`-th root, by Newton's method from a guess in fp32; multiplications and divisions only,
  /// so that the bits are the same everywhere.
  private static double root(double x, int n) {
    double guess = Fmath.exp(Fmath.log((float) x) / n);
    for (int i = 0; i < 4; i++) {
      guess -= (guess - x / power(guess, n - 1)) / n;
    }
    return guess;
  }

  private static double power(double x, int n) {
    double power = 1;
    for (int i = 0; i < n; i++) {
      power *= x;
    }
    return power;
  }

  /// The angles of `count` positions from `first`.
  public static RotaryAngles of(float[] frequencies, long first, int count) {
    long[] positions = new long[count];
    for (int i = 0; i < count; i++) {
      positions[i] = first + i;
    }
    return of(frequencies, positions);
  }

  /// The angles of the given positions: position times frequency, rounded to fp32, then its cosine
  /// and sine.
  public static RotaryAngles of(float[] frequencies, long... positions) {
    int pairs = frequencies.length;
    float[] angles = new float[Math.multiplyExact(positions.length, pairs)];
    for (int p = 0; p < positions.length; p++) {
      for (int i = 0; i < pairs; i++) {
        angles[p * pairs + i] = positions[p] * frequencies[i];
      }
    }
    float[] cos = new float[angles.length];
    float[] sin = new float[angles.length];
    Fmath.cos(angles, 0, cos, 0, angles.length);
    Fmath.sin(angles, 0, sin, 0, angles.length);
    return new RotaryAngles(
        Tensor.of(cos, positions.length, pairs), Tensor.of(sin, positions.length, pairs));
  }

  /// The angles rounded to `type`, as a model that keeps its tables in 16 bits has them.
  public RotaryAngles to(DType type) {
    return new RotaryAngles(cos.to(type), sin.to(type));
  }
}
