package maia.numerics;

/// Functions of each element with loops of their own; see [Elementwise#map(Function, Array,
/// Array)]. Steps are single fp32 operations in the order written.
public enum Function {
  /// [Fmath#exp].
  EXP,
  /// [Fmath#tanh].
  TANH,
  /// [Fmath#sigmoid].
  SIGMOID,
  /// x / 2 * (erf(x * 0.70710677) + 1).
  GELU,
  /// x / 2 * (tanh((x * x * x * 0.044715 + x) * 0.7978846) + 1).
  GELU_TANH,
  /// x * sigmoid(x).
  SILU;

  /// 1 / sqrt 2, as the device's library rounds it.
  public static final float ONE_OVER_ROOT_TWO = 0.70710677f;

  /// sqrt(2 / pi), as the device's library rounds it.
  public static final float ROOT_TWO_OVER_PI = 0.7978846f;

  /// The factor of the cube in [#GELU_TANH].
  public static final float CUBIC = 0.044715f;

  /// Replaces `x[0..count]`; `t` has as many elements with anything in them.
  void apply(float[] x, float[] t, int count) {
    switch (this) {
      case EXP -> Fmath.exp(x, 0, x, 0, count);
      case TANH -> Fmath.tanh(x, 0, x, 0, count);
      case SIGMOID -> Fmath.sigmoid(x, 0, x, 0, count);
      case GELU -> {
        for (int i = 0; i < count; i++) {
          t[i] = x[i] * ONE_OVER_ROOT_TWO;
        }
        Fmath.erf(t, 0, t, 0, count);
        halfTimesOnePlus(x, t, count);
      }
      case GELU_TANH -> {
        for (int i = 0; i < count; i++) {
          float v = x[i];
          t[i] = (v * v * v * CUBIC + v) * ROOT_TWO_OVER_PI;
        }
        Fmath.tanh(t, 0, t, 0, count);
        halfTimesOnePlus(x, t, count);
      }
      case SILU -> {
        Fmath.sigmoid(x, 0, t, 0, count);
        for (int i = 0; i < count; i++) {
          x[i] *= t[i];
        }
      }
    }
  }

  private static void halfTimesOnePlus(float[] x, float[] t, int count) {
    for (int i = 0; i < count; i++) {
      x[i] = x[i] * 0.5f * (t[i] + 1);
    }
  }
}
