package maia.graph;

import java.util.List;
import java.util.stream.Collectors;
import maia.tensor.Op;

/// An operation of a graph.
///
/// @param op the operation
/// @param inputs its operands, in order
/// @param output its result
/// @param at the user's line that computed it, such as `Net.java:31`; empty where none is known
public record Node(Op op, List<Value> inputs, Value output, String at) {
  public Node {
    inputs = List.copyOf(inputs);
  }

  /// `%5: f32[8, 10] = linear %3, %4`.
  @Override
  public String toString() {
    return output.typed()
        + " = "
        + op.name()
        + inputs.stream().map(Value::toString).collect(Collectors.joining(", ", " ", ""));
  }
}
