package maia.tensor.nn;

import maia.tensor.Tensor;

/// Probabilities along a dimension.
public final class Softmax extends Module {
  private final int dim;

  /// With the dimension named.
  public Softmax(int dim) {
    this.dim = dim;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.softmax(dim);
  }

  @Override
  protected String label() {
    return "Softmax(dim=" + dim + ")";
  }
}
