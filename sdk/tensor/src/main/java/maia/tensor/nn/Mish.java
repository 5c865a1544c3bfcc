package maia.tensor.nn;

import maia.tensor.Activations;
import maia.tensor.Tensor;

/// x tanh(log(1 + e^x)).
public final class Mish extends Module {
  /// The function; it has no parameters.
  public Mish() {}

  @Override
  public Tensor forward(Tensor x) {
    return Activations.mish(x);
  }
}
