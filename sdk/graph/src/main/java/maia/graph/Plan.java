package maia.graph;

import java.util.List;
import java.util.Set;
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
  /// @param patterns groups of operations that become one
  public record Limits(long elements, int arrays, Set<Pattern> patterns) {
    /// Half of 3 MiB, ten arrays, and every pattern.
    public static final Limits DEFAULT = new Limits(3L << 17, 10, Set.of(Pattern.values()));

    public Limits {
      patterns = Set.copyOf(patterns);
    }
  }

  /// Several operations for which there is one.
  public enum Pattern {
    /// `softmax(q k^T * scale) v`.
    ATTENTION,
    /// Products of one input, and residuals and gates that follow products: see [Step.Products].
    PRODUCTS,
  }

  /// The plan of the simplified graph with everything fused that one kernel can compute: patterns
  /// first, then epilogues of products, products of one input, then chains of element-wise
  /// operations with the norms, softmaxes and reductions of rows among them.
  public static Plan fused(Graph graph) {
    return fused(graph, Limits.DEFAULT);
  }

  /// As [#fused(Graph)] for a device with other limits.
  public static Plan fused(Graph graph, Limits limits) {
    Graph once = graph.simplified();
    Graph simple = limits.patterns().contains(Pattern.ATTENTION) ? FindAttention.of(once) : once;
    FuseEpilogue epilogues = new FuseEpilogue(simple);
    FuseProducts products = new FuseProducts(simple, epilogues.steps(), limits);
    return new FuseRows(simple, products.steps(), limits).plan();
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
