package maia.runtime.ops;

import java.util.Optional;
import maia.kernel.library.Activation;
import maia.numerics.ElementType;

/// What a linear layer computes besides the bias: `act(x w^T * scale + bias) * outScale`.
///
/// @param scale factor of the sums
/// @param activation the activation
/// @param outScale factor of the activated values
/// @param outType type of the result
public record LinearSpec(
    Optional<Float> scale, Activation activation, Optional<Float> outScale, ElementType outType) {
  /// The layer alone.
  static LinearSpec plain(ElementType outType) {
    return new LinearSpec(Optional.empty(), Activation.NONE, Optional.empty(), outType);
  }
}
