package maia.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import maia.base.Rich;
import maia.cost.CostReport;
import maia.cost.PriceBook;
import maia.graph.Graph;
import maia.graph.Plan;
import maia.kernel.Stage;
import maia.machine.Machine;
import maia.sim.Snapshot;
import maia.sim.TraceJson;
import maia.tensor.Tensor;

/// A forward pass that ran on the simulated chip, with every form it took on the way.
///
/// @param machine the chip
/// @param graph the recorded forward pass
/// @param plan its fused steps
/// @param kernels the kernel runs, in order; they do not overlap
/// @param values the result; shape-only when the input was
public record SessionRun(
    Machine machine, Graph graph, Plan plan, List<KernelRun> kernels, Tensor values)
    implements Rich {
  public SessionRun {
    kernels = List.copyOf(kernels);
  }

  /// The timeline of all kernels, one after the other, in Perfetto's JSON form.
  public String trace() {
    return TraceJson.of(
        Timeline.of(graph.name(), machine, kernels.stream().map(KernelRun::record).toList()));
  }

  /// One line per kernel, and the sums.
  public Report report() {
    return Report.of(kernels);
  }

  /// Kernel time in picoseconds, launches excluded.
  public long picoseconds() {
    return kernels.stream().mapToLong(KernelRun::picoseconds).sum();
  }

  /// The chip at `cycle`, counted over the kernels one after the other, launches excluded: the
  /// kernel that runs then is simulated again.
  public Snapshot at(long cycle) {
    long left = cycle;
    for (KernelRun kernel : kernels) {
      if (left <= kernel.cycles()) {
        return kernel.at(left);
      }
      left -= kernel.cycles();
    }
    throw new IllegalArgumentException(
        "run of '%s': cycle %d is behind its end; it takes %d cycles"
            .formatted(graph.name(), cycle, cycle - left));
  }

  /// Energy of the chip while the kernels ran, in joules.
  public double joules() {
    return kernels.stream().mapToDouble(KernelRun::joules).sum();
  }

  /// Achieved share of the tensor units' dense peak for the types used, over the kernel time.
  public double peakShare() {
    return report().peakShare();
  }

  /// What bounds the kernel that takes longest; `nothing` when no kernel ran.
  public String bound() {
    return kernels.stream()
        .max(Comparator.comparingLong(KernelRun::picoseconds))
        .map(KernelRun::bound)
        .orElse("nothing");
  }

  /// Every intermediate form: graph, plan, then for each kernel its function after each pass and
  /// its tile program.
  public List<Stage> stages() {
    List<Stage> stages = new ArrayList<>();
    stages.add(new Stage("graph", graph.toString()));
    stages.add(new Stage("plan", plan.toString()));
    for (int i = 0; i < kernels.size(); i++) {
      int number = i;
      kernels
          .get(i)
          .stages()
          .forEach(s -> stages.add(new Stage("kernel " + number + ": " + s.name(), s.text())));
    }
    return List.copyOf(stages);
  }

  /// Time, energy and dollars when the pass produced `items` items.
  public CostReport cost(long items, PriceBook book) {
    return CostReport.of(
        graph.name(), items, kernels.stream().map(KernelRun::record).toList(), book);
  }

  @Override
  public Map<String, String> mime() {
    return report().mime();
  }

  /// The report.
  @Override
  public String toString() {
    return report().toString();
  }
}
