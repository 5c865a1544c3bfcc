package maia.tensor.nn;

import maia.tensor.Activations;
import maia.tensor.Tensor;

/// x times (x + 3) / 6 limited to 0 and 1.
public final class Hardswish extends Module {
  /// The function; it has no parameters.
  public Hardswish() {}

  @Override
  public Tensor forward(Tensor x) {
    return Activations.hardswish(x);
  }
}
