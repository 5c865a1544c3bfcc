package maia.graph;

import java.util.List;
import java.util.stream.Collectors;

/// A graph after fusion: the steps a device executes, in order.
///
/// @param graph the graph it came from
/// @param steps the steps
public record Plan(Graph graph, List<Step> steps) {
  public Plan {
    steps = List.copyOf(steps);
  }

  /// The plan with every epilogue fused that fits one.
  public static Plan fused(Graph graph) {
    return new Plan(graph, new FuseEpilogue(graph).steps());
  }

  /// The plan that runs every operation on its own.
  public static Plan unfused(Graph graph) {
    return new Plan(
        graph,
        graph.nodes().stream()
            .<Step>map(n -> new Step.Single(n.op(), n.inputs(), n.output()))
            .toList());
  }

  /// One line per step.
  @Override
  public String toString() {
    return "plan %s\n".formatted(graph.name())
        + steps.stream().map(s -> "  " + s + "\n").collect(Collectors.joining());
  }
}
