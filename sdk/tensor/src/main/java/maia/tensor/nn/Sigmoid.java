package maia.tensor.nn;

import maia.tensor.Tensor;

/// The logistic function 1 / (1 + e^-x).
public final class Sigmoid extends Module {
  /// The function; it has no parameters.
  public Sigmoid() {}

  @Override
  public Tensor forward(Tensor x) {
    return x.sigmoid();
  }
}
