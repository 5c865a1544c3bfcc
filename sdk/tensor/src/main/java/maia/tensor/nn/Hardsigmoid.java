package maia.tensor.nn;

import maia.tensor.Activations;
import maia.tensor.Tensor;

/// (x + 3) / 6 limited to 0 and 1.
public final class Hardsigmoid extends Module {
  /// The function; it has no parameters.
  public Hardsigmoid() {}

  @Override
  public Tensor forward(Tensor x) {
    return Activations.hardsigmoid(x);
  }
}
