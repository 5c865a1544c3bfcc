package maia.tensor.nn;

import maia.tensor.Tensor;

/// The larger of x and 0.
public final class ReLU extends Module {
  /// The function; it has no parameters.
  public ReLU() {}

  @Override
  public Tensor forward(Tensor x) {
    return x.relu();
  }
}
