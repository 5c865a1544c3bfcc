package maia.tensor.data;

import maia.tensor.Tensor;

/// A random change of one input.
@FunctionalInterface
public interface Augmentation {
  /// `input`, without the dimension of the batch, changed as a function of `seed`.
  Tensor apply(Tensor input, long seed);

  /// This change, then another with a seed of its own.
  default Augmentation then(Augmentation next) {
    return (input, seed) -> next.apply(apply(input, seed), seed + 0x9E3779B97F4A7C15L);
  }
}
