package maia.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.numerics.ElementType;
import maia.tensor.Tensor;

/// A value of a graph: its input, a constant such as a weight, or the result of a node.
///
/// @param id its number in the graph
/// @param type element type
/// @param shape sizes
/// @param constant the tensor, for a constant
public record Value(int id, ElementType type, List<Long> shape, Optional<Tensor> constant) {
  public Value {
    shape = List.copyOf(shape);
  }

  static Value of(int id, Tensor tensor, Optional<Tensor> constant) {
    return new Value(id, tensor.type(), boxed(tensor.shape()), constant);
  }

  private static List<Long> boxed(long[] sizes) {
    return Arrays.stream(sizes).boxed().toList();
  }

  /// Number of elements.
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /// The number of a constant of one element, unless it is shape-only.
  public Optional<Float> scalar() {
    return constant.filter(t -> elements() == 1 && !t.isMeta()).map(Tensor::item);
  }

  /// Bytes of its elements, dense; those of the scales of a block format included.
  public long bytes() {
    return type.bytes(elements());
  }

  /// `%3: bf16[128, 256]`.
  public String typed() {
    return "%" + id + ": " + type.label() + shape;
  }

  /// `%3`.
  @Override
  public String toString() {
    return "%" + id;
  }
}
