package maia.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.tensor.Op;

/// Removes what nothing reads, and computes once what is written twice.
final class Simplify {
  private Simplify() {}

  static Graph of(Graph graph) {
    return withoutDead(onceEach(graph));
  }

  private record Expression(Op op, List<Integer> inputs) {}

  private static Graph onceEach(Graph graph) {
    Map<Expression, Value> known = new HashMap<>();
    Map<Integer, Value> same = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      List<Value> inputs = node.inputs().stream().map(v -> same.getOrDefault(v.id(), v)).toList();
      Expression expression = new Expression(node.op(), inputs.stream().map(Value::id).toList());
      Value before = known.putIfAbsent(expression, node.output());
      if (before == null) {
        nodes.add(new Node(node.op(), inputs, node.output(), node.at()));
      } else {
        same.put(node.output().id(), before);
      }
    }
    Value output = same.getOrDefault(graph.output().id(), graph.output());
    return new Graph(
        graph.name(), graph.inputs(), graph.constants(), graph.frozen(), nodes, output);
  }

  private static Graph withoutDead(Graph graph) {
    Set<Integer> read = new HashSet<>(Set.of(graph.output().id()));
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes().reversed()) {
      if (read.contains(node.output().id())) {
        node.inputs().forEach(v -> read.add(v.id()));
        nodes.addFirst(node);
      }
    }
    List<Value> constants = graph.constants().stream().filter(c -> read.contains(c.id())).toList();
    return new Graph(
        graph.name(), graph.inputs(), constants, graph.frozen(), nodes, graph.output());
  }
}
