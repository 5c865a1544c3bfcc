package maia.tensor.nn;

import maia.tensor.Functional;
import maia.tensor.Tensor;

/// log(1 + e^x).
public final class Softplus extends Module {
  /// The function; it has no parameters.
  public Softplus() {}

  @Override
  public Tensor forward(Tensor x) {
    return Functional.softplus(x);
  }
}
