package maia.graph;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import maia.tensor.Tensor;

/// A forward pass: operations in execution order.
///
/// @param name the name shown in reports
/// @param inputs the values of the example inputs
/// @param constants weights and other tensors the operations read
/// @param frozen tensors whose values went into constants or fused numbers when the graph was
///   recorded: a write to one of them makes the graph stale
/// @param nodes operations in execution order
/// @param output the result
public record Graph(
    String name,
    List<Value> inputs,
    List<Value> constants,
    List<Tensor> frozen,
    List<Node> nodes,
    Value output) {
  public Graph {
    inputs = List.copyOf(inputs);
    constants = List.copyOf(constants);
    frozen = List.copyOf(frozen);
    nodes = List.copyOf(nodes);
  }

  /// The graph of `forward` on tensors of the shape and type of `example`; nothing is computed.
  public static Graph record(String name, UnaryOperator<Tensor> forward, Tensor example) {
    return record(name, inputs -> forward.apply(inputs.getFirst()), List.of(example));
  }

  /// As [#record(String, UnaryOperator, Tensor)] for a function of several tensors. Inside
  /// `forward` they have device, type, shape and strides, and no values: reading one is refused,
  /// and so is a write.
  public static Graph record(
      String name, Function<List<Tensor>, Tensor> forward, List<Tensor> examples) {
    return new Recorder(examples).record(name, forward, examples);
  }

  /// This graph without operations that nothing reads, and with those that compute the same once.
  public Graph simplified() {
    return Simplify.of(this);
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
    return "graph %s(%s)\n"
            .formatted(name, inputs.stream().map(Value::typed).collect(Collectors.joining(", ")))
        + constants.stream()
            .map(c -> "  " + c.typed() + " = constant\n")
            .collect(Collectors.joining())
        + nodes.stream().map(n -> "  " + n + "\n").collect(Collectors.joining())
        + "  return "
        + output
        + "\n";
  }
}
