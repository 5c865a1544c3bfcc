package maia.tensor.nn;

import maia.tensor.Tensor;

/// The hyperbolic tangent.
public final class Tanh extends Module {
  /// The function; it has no parameters.
  public Tanh() {}

  @Override
  public Tensor forward(Tensor x) {
    return x.tanh();
  }
}
