package maia.tensor.nn;

import maia.tensor.Activations;
import maia.tensor.Tensor;

/// The first half along a dimension times the logistic function of the second.
public final class GLU extends Module {
  private final int dim;

  /// Along the last dimension, as PyTorch has it.
  public GLU() {
    this(-1);
  }

  /// Along dimension `dim`.
  public GLU(int dim) {
    this.dim = dim;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Activations.glu(x, dim);
  }

  @Override
  protected String label() {
    return "GLU(dim=" + dim + ")";
  }
}
