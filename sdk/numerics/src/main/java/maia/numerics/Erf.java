package maia.numerics;

/// The error function: odd polynomial near zero, one minus an exponential beyond.
final class Erf {
  private Erf() {}

  static float erf(float x) {
    float t = Math.abs(x);
    float s = x * x;
    if (t > 0.927734375f) {
      float r = Math.fma(-1.72853470e-5f, t, 3.83197126e-4f);
      float u = Math.fma(-3.88396438e-3f, t, 2.42546219e-2f);
      r = Math.fma(r, s, u);
      r = Math.fma(r, t, -1.06777877e-1f);
      r = Math.fma(r, t, -6.34846687e-1f);
      r = Math.fma(r, t, -1.28717512e-1f);
      r = Math.fma(r, t, -t);
      return t > 4f ? Math.copySign(1f, x) : Math.copySign(1f - Fmath.exp(r), x);
    }
    float r = Math.fma(-5.96761703e-4f, s, 4.99119423e-3f);
    r = Math.fma(r, s, -2.67681349e-2f);
    r = Math.fma(r, s, 1.12819925e-1f);
    r = Math.fma(r, s, -3.76125336e-1f);
    r = Math.fma(r, s, 1.28379166e-1f);
    return Math.fma(r, x, x);
  }
}
