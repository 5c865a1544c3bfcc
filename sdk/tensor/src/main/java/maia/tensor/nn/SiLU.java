package maia.tensor.nn;

import maia.tensor.Functional;
import maia.tensor.Tensor;

/// x times the logistic function of x.
public final class SiLU extends Module {
  /// The function; it has no parameters.
  public SiLU() {}

  @Override
  public Tensor forward(Tensor x) {
    return Functional.silu(x);
  }
}
