package maia.tensor.nn;

import maia.tensor.Activations;
import maia.tensor.Tensor;

/// x / (1 + |x|).
public final class Softsign extends Module {
  /// The function; it has no parameters.
  public Softsign() {}

  @Override
  public Tensor forward(Tensor x) {
    return Activations.softsign(x);
  }
}
