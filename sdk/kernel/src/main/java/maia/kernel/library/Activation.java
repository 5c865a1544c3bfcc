package maia.kernel.library;

import maia.kernel.Tile;

/// A function applied to every output of a fused kernel.
public enum Activation {
  /// The value itself.
  NONE,
  /// 0 where `x` is below 0, else `x`; NaN stays NaN.
  RELU,
  /// `x` where it is at least 0, else `0.01 x`.
  LEAKY_RELU,
  /// `0.5 x (1 + erf(x / sqrt 2))`.
  GELU,
  /// `0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`, an approximation of GELU.
  GELU_TANH,
  /// The logistic function.
  SIGMOID,
  /// `x` times the logistic function of `x`.
  SILU,
  /// The hyperbolic tangent.
  TANH;

  private static final float ONE_OVER_ROOT_TWO = 0.70710677f;
  private static final float ROOT_TWO_OVER_PI = 0.7978846f;
  private static final float CUBIC = 0.044715f;

  /// Records the function on `x`.
  public Tile apply(Tile x) {
    return switch (this) {
      case NONE -> x;
      case RELU -> x.lt(0).not().where(x, 0f);
      case LEAKY_RELU -> x.ge(0).where(x, x.mul(0.01f));
      case GELU -> x.mul(0.5f).mul(x.mul(ONE_OVER_ROOT_TWO).erf().add(1));
      case GELU_TANH -> {
        Tile inner = x.mul(x).mul(x).mul(CUBIC).add(x).mul(ROOT_TWO_OVER_PI);
        yield x.mul(0.5f).mul(inner.tanh().add(1));
      }
      case SIGMOID -> x.sigmoid();
      case SILU -> x.mul(x.sigmoid());
      case TANH -> x.tanh();
    };
  }
}
