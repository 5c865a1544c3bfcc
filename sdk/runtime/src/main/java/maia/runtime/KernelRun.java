package maia.runtime;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Check;
import maia.base.Rich;
import maia.cost.CostReport;
import maia.cost.PriceBook;
import maia.kernel.Activity;
import maia.kernel.Compiled;
import maia.kernel.KernelCall;
import maia.kernel.Run;
import maia.kernel.Stage;
import maia.npl.Program;
import maia.sim.Advice;
import maia.sim.Comparison;
import maia.sim.Debugger;
import maia.sim.Launch;
import maia.sim.Options;
import maia.sim.RunRecord;
import maia.sim.Simulator;
import maia.sim.Snapshot;
import maia.sim.TraceJson;

/// A finished run of a kernel on the simulated chip.
///
/// @param call what was launched
/// @param compiled its tile program and the stages on the way
/// @param options how it was simulated
/// @param record what the simulator measured
public record KernelRun(KernelCall call, Compiled compiled, Options options, RunRecord record)
    implements Run, Rich {
  @Override
  public long cycles() {
    return record.cycles();
  }

  @Override
  public long picoseconds() {
    return record.picoseconds();
  }

  @Override
  public double joules() {
    return record.energy().total();
  }

  @Override
  public String bound() {
    return record.bound().toString();
  }

  @Override
  public List<Stage> stages() {
    return compiled.stages();
  }

  @Override
  public List<Activity> activities() {
    return record.trace().stream()
        .map(s ->
            new Activity(
                s.tile(),
                s.queue(),
                s.what(),
                s.startPicoseconds(),
                s.endPicoseconds(),
                s.origin()))
        .toList();
  }

  @Override
  public long programs() {
    return call.grid().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  /// This run from its beginning, to be stopped, stepped and watched: the same run, on copies of
  /// the arrays as they are now. A kernel that reads and writes one array has changed what it began
  /// with; it is debugged before it runs, with [SimulatedLauncher#debug].
  public Debugger debug() {
    if (call.mode() == KernelCall.Mode.COMPUTE) {
      for (Program.ArrayParam array : compiled.program().arrays()) {
        Check.argument(
            array.access() != Program.Access.IN_OUT,
            "debugger: '%s' reads and writes '%s', which holds the results of the run; use SimulatedLauncher.debug(call) before it runs",
            record.program(),
            array.name());
      }
    }
    return Simulator.on(record.machine()).debug(compiled.program(), launch(call, options));
  }

  @Override
  public Snapshot at(long cycle) {
    return debug().at(cycle);
  }

  @Override
  public Advice advice() {
    return Advice.of(record, compiled.program());
  }

  @Override
  public Comparison comparedWith(Run other) {
    Check.argument(
        other instanceof KernelRun,
        "compare: a run on the simulated chip is compared with another one, got %s",
        other.getClass().getSimpleName());
    return Comparison.of(record, ((KernelRun) other).record);
  }

  static Launch launch(KernelCall call, Options options) {
    return new Launch(call.arrays(), call.scalars(), call.grid(), options);
  }

  @Override
  public Report report() {
    return Report.of(List.of(this));
  }

  @Override
  public String traceJson() {
    return TraceJson.of(record);
  }

  /// Time, energy and dollars when the run produced `items` items.
  public CostReport cost(long items, PriceBook book) {
    return CostReport.of(record.program(), items, List.of(record), book);
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle("text/plain", toString());
  }

  /// Time, energy and bound in a line that JShell does not cut; launch overhead apart.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %.3f us, %.1f uJ, bound by %s; launch +%.0f us",
        record.program(),
        picoseconds() * 1e-6,
        joules() * 1e6,
        bound(),
        record.launchPicoseconds() * 1e-6);
  }
}
