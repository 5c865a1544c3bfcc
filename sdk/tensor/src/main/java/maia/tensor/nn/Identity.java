package maia.tensor.nn;

import maia.tensor.Tensor;

/// x itself, to stand in the place of another module.
public final class Identity extends Module {
  /// The function; it has no parameters.
  public Identity() {}

  @Override
  public Tensor forward(Tensor x) {
    return x;
  }
}
