package maia.tensor.nn;

import maia.tensor.Activations;
import maia.tensor.Tensor;

/// x limited to 0 and 6.
public final class ReLU6 extends Module {
  /// The function; it has no parameters.
  public ReLU6() {}

  @Override
  public Tensor forward(Tensor x) {
    return Activations.relu6(x);
  }
}
