package maia.tensor.nn;

import maia.tensor.Activations;
import maia.tensor.Tensor;

/// The self-normalising ELU of Klambauer et al.
public final class SELU extends Module {
  /// The function; it has no parameters.
  public SELU() {}

  @Override
  public Tensor forward(Tensor x) {
    return Activations.selu(x);
  }
}
