package maia.tensor.nn;

import maia.tensor.Tensor;

/// The logarithm of the probabilities along a dimension.
public final class LogSoftmax extends Module {
  private final int dim;

  /// With the dimension named.
  public LogSoftmax(int dim) {
    this.dim = dim;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.logSoftmax(dim);
  }

  @Override
  protected String label() {
    return "LogSoftmax(dim=" + dim + ")";
  }
}
