package maia.tensor.nn;

import maia.tensor.Tensor;

/// How far a prediction is from its target, as a scalar.
@FunctionalInterface
public interface Loss {
  /// The loss, averaged over the batch.
  Tensor forward(Tensor prediction, Tensor target);
}
