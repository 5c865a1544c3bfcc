package maia.plan;

import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;

/// The types an operator reads, weighs with and writes.
///
/// @param activations type of the inputs
/// @param weights type of the weights
/// @param output type of the result
public record Precision(ElementType activations, ElementType weights, ElementType output) {
  /// The same type throughout.
  public static Precision of(ElementType type) {
    return new Precision(type, type, type);
  }

  /// The scalar type of an element of `type`: what decides the tensor unit's rate.
  static DType element(ElementType type) {
    return switch (type) {
      case DType scalar -> scalar;
      case BlockFormat block -> block.element();
    };
  }

  /// Such as `bf16 x mxfp4 -> bf16`.
  @Override
  public String toString() {
    return activations.label() + " x " + weights.label() + " -> " + output.label();
  }
}
