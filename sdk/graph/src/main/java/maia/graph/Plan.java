package maia.graph;

import java.util.List;
import java.util.stream.Collectors;

/// A graph after fusion: the steps a device executes, in order.
///
/// @param graph the graph it came from
/// @param steps the steps
/// @param notes why neighbours that look as if they could share a kernel do not, one line each
public record Plan(Graph graph, List<Step> steps, List<String> notes) {
  public Plan {
    steps = List.copyOf(steps);
    notes = List.copyOf(notes);
  }

  /// What a kernel of fused operations may hold at once.
  ///
  /// @param elements 32-bit values, of all rows that a program keeps on chip
  /// @param arrays operands and results of a kernel
  public record Limits(long elements, int arrays) {
    /// Half of 3 MiB, and ten arrays.
    public static final Limits DEFAULT = new Limits(3L << 17, 10);
  }

  /// The plan of the simplified graph with everything fused that one kernel can compute: epilogues
  /// of linear operations first, then chains of element-wise operations with the norms, softmaxes
  /// and reductions of rows among them.
  public static Plan fused(Graph graph) {
    return fused(graph, Limits.DEFAULT);
  }

  /// As [#fused(Graph)] for a device with other limits.
  public static Plan fused(Graph graph, Limits limits) {
    Graph simple = graph.simplified();
    FuseEpilogue epilogues = new FuseEpilogue(simple);
    return new FuseRows(simple, epilogues.steps(), limits).plan();
  }

  /// The plan that runs every operation on its own, those that nothing reads too.
  public static Plan unfused(Graph graph) {
    return new Plan(graph, graph.nodes().stream().<Step>map(Step.Single::new).toList(), List.of());
  }

  /// One line per step.
  @Override
  public String toString() {
    return "plan %s\n".formatted(graph.name())
        + steps.stream().map(s -> "  " + s + "\n").collect(Collectors.joining());
  }
}
