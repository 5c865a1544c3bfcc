package maia.tensor.nn;

import maia.tensor.Functional;
import maia.tensor.Tensor;

/// In training, elements dropped with a probability and the others scaled up to keep the mean;
/// otherwise the identity.
public final class Dropout extends DropoutLayer {
  /// Drops with `probability`, from 0 to below 1, drawn from `seed`.
  public Dropout(double probability, long seed) {
    super("dropout", probability, seed);
  }

  @Override
  Tensor drop(Tensor x, double probability, long seed) {
    return Functional.dropout(x, probability, seed);
  }
}
