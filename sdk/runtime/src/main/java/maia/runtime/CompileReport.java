package maia.runtime;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import maia.base.Rich;
import maia.graph.Graph;
import maia.graph.Plan;

/// What compiling a function did, for one kind of inputs.
///
/// @param inputs types and shapes of the inputs
/// @param graph the operations as recorded
/// @param plan the simplified graph, its steps, and why neighbours were not joined
/// @param memoryBefore the memory of the operations one by one
/// @param memory the memory of the steps
/// @param before time and energy of the operations one by one, without values
/// @param after time and energy of the steps, without values
public record CompileReport(
    String inputs,
    Graph graph,
    Plan plan,
    MemoryPlan memoryBefore,
    MemoryPlan memory,
    Report before,
    Report after)
    implements Rich {
  /// Kernels launched for the operations one by one.
  public int launchesBefore() {
    return before.lines().size();
  }

  /// Kernels launched for the steps.
  public int launches() {
    return after.lines().size();
  }

  /// Kernel time one by one over kernel time of the steps; 1 where neither launches a kernel.
  public double speedup() {
    return after.microseconds() == 0 ? 1 : before.microseconds() / after.microseconds();
  }

  private List<List<String>> rows() {
    return List.of(
        row("operations", "%.0f", graph.nodes().size(), plan.graph().nodes().size()),
        row("launches", "%.0f", launchesBefore(), launches()),
        row("device time us", "%.3f", before.microseconds(), after.microseconds()),
        row("launch overhead us", "%.1f", overhead(before), overhead(after)),
        row("energy uJ", "%.2f", before.microjoules(), after.microjoules()),
        row("HBM KiB", "%.1f", kibibytes(before), kibibytes(after)),
        row("results, bytes", "%.0f", separate(memoryBefore), separate(memory)),
        row("results, peak bytes", "%.0f", peak(memoryBefore), peak(memory)));
  }

  private static double separate(MemoryPlan memory) {
    return memory.separateBytes() + memory.resultBytes();
  }

  private static double peak(MemoryPlan memory) {
    return memory.peakBytes() + memory.resultBytes();
  }

  private static List<String> row(String what, String format, double first, double second) {
    return List.of(
        what,
        String.format(Locale.ROOT, format, first),
        String.format(Locale.ROOT, format, second));
  }

  private static double overhead(Report report) {
    return report.lines().stream().mapToDouble(Report.Line::launchMicroseconds).sum();
  }

  private static double kibibytes(Report report) {
    return report.lines().stream().mapToLong(Report.Line::hbmBytes).sum() / 1024.0;
  }

  @Override
  public Map<String, String> mime() {
    String table =
        rows().stream()
            .map(r -> r.stream().map(c -> "<td>" + c + "</td>").collect(Collectors.joining()))
            .collect(
                Collectors.joining(
                    "</tr><tr>",
                    "<table><thead><tr><th></th><th>one by one</th><th>compiled</th></tr></thead><tbody><tr>",
                    "</tr></tbody></table>"));
    String rest = (plan + notes() + "memory\n" + memory).replace("&", "&amp;").replace("<", "&lt;");
    return Rich.bundle("text/html", table + "<pre>" + rest + "</pre>", "text/plain", toString());
  }

  private String notes() {
    return plan.notes().isEmpty()
        ? ""
        : plan.notes().stream()
            .map(n -> "  " + n + "\n")
            .collect(Collectors.joining("", "not joined\n", ""));
  }

  /// The graph, the steps, what was not joined and why, the memory, and the sums before and after.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(graph.toString());
    text.append(plan).append(notes()).append("memory\n").append(memory);
    text.append(String.format(Locale.ROOT, "%-22s %14s %14s\n", inputs, "one by one", "compiled"));
    for (List<String> row : rows()) {
      text.append(String.format(Locale.ROOT, "%-22s %14s %14s\n", row.toArray()));
    }
    return text.toString();
  }
}
