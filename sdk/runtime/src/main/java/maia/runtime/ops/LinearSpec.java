package maia.runtime.ops;

import java.util.Optional;
import maia.kernel.library.Activation;
import maia.numerics.DType;
import maia.numerics.ElementType;

/// What a linear layer computes besides the bias: `act(x w^T * scale + bias) * outScale`.
///
/// @param scale factor of the sums
/// @param between the type to which the sums with their bias are rounded before the activation; F32
///   for none
/// @param activation the activation
/// @param outScale factor of the activated values
/// @param outType type of the result
public record LinearSpec(
    Optional<Float> scale,
    DType between,
    Activation activation,
    Optional<Float> outScale,
    ElementType outType) {
  /// The layer alone.
  static LinearSpec plain(ElementType outType) {
    return new LinearSpec(Optional.empty(), DType.F32, Activation.NONE, Optional.empty(), outType);
  }
}
