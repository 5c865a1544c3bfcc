package maia.graph;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import maia.tensor.Tensor;

/// A forward pass: operations in execution order.
///
/// @param name the name shown in reports
/// @param input the example input's value
/// @param constants weights and other tensors the operations read
/// @param nodes operations in execution order
/// @param output the result
public record Graph(
    String name, Value input, List<Value> constants, List<Node> nodes, Value output) {
  public Graph {
    constants = List.copyOf(constants);
    nodes = List.copyOf(nodes);
  }

  /// The graph of `forward` on tensors of the shape and type of `example`; nothing is computed.
  public static Graph record(String name, UnaryOperator<Tensor> forward, Tensor example) {
    return new Recorder().record(name, forward, example);
  }

  /// How many operations read `value`; the graph's output counts as one more reader.
  int readers(Value value) {
    int readers = value.equals(output) ? 1 : 0;
    for (Node node : nodes) {
      for (Value input : node.inputs()) {
        readers += input.id() == value.id() ? 1 : 0;
      }
    }
    return readers;
  }

  /// One line per constant and operation.
  @Override
  public String toString() {
    return "graph %s(%s)\n".formatted(name, input.typed())
        + constants.stream()
            .map(c -> "  " + c.typed() + " = constant\n")
            .collect(Collectors.joining())
        + nodes.stream().map(n -> "  " + n + "\n").collect(Collectors.joining())
        + "  return "
        + output
        + "\n";
  }
}
