package maia.lab;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import maia.base.Progress;
import maia.base.Rich;
import maia.cost.Claim;
import maia.cost.CostReport;
import maia.graph.Graph;
import maia.graph.Plan;
import maia.kernel.Explanation;
import maia.kernel.ir.Func;
import maia.kernel.tune.TuneResult;
import maia.machine.Machine;
import maia.npl.Program;
import maia.plan.CostComparison;
import maia.plan.PhaseEstimate;
import maia.quant.Explain;
import maia.quant.Observation;
import maia.runtime.CompileReport;
import maia.runtime.KernelRun;
import maia.runtime.MemoryPlan;
import maia.runtime.Profile;
import maia.sim.Advice;
import maia.sim.Comparison;
import maia.sim.Exploration;
import maia.sim.RunRecord;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.internal.chartpart.Chart;
import tech.tablesaw.api.Table;

/// Showing values: the same calls in every kernel, in the notebook runner and in a shell.
///
/// The host is the one piece of state here; a JVM shows its output in one place.
public final class Viz {
  private record Adapter(Class<?> type, Function<Object, Rich> toRich) {}

  private static final List<Adapter> ADAPTERS =
      new ArrayList<>(
          List.of(
              new Adapter(KernelRun.class, value -> Displays.kernelRun((KernelRun) value)),
              new Adapter(CompileReport.class, value -> Displays.compiled((CompileReport) value)),
              new Adapter(MemoryPlan.class, value -> new PlacesChart((MemoryPlan) value)),
              new Adapter(Profile.class, value -> new ProfileView((Profile<?>) value)),
              new Adapter(RunRecord.class, value -> Displays.run((RunRecord) value)),
              new Adapter(TuneResult.class, value -> Displays.tuning((TuneResult) value)),
              new Adapter(Explanation.class, value -> Displays.explanation((Explanation) value)),
              new Adapter(Advice.class, value -> Displays.advice((Advice) value)),
              new Adapter(Comparison.class, value -> Displays.comparison((Comparison) value)),
              new Adapter(Exploration.class, value -> Displays.exploration((Exploration) value)),
              new Adapter(Program.class, value -> Displays.program((Program) value)),
              new Adapter(Func.class, value -> Displays.function((Func) value)),
              new Adapter(Graph.class, PlanDisplays::text),
              new Adapter(Plan.class, PlanDisplays::text),
              new Adapter(PhaseEstimate.class, value -> PlanDisplays.phase((PhaseEstimate) value)),
              new Adapter(
                  CostComparison.class, value -> PlanDisplays.comparison((CostComparison) value)),
              new Adapter(CostReport.class, value -> PlanDisplays.cost((CostReport) value)),
              new Adapter(Claim.class, value -> PlanDisplays.claim((Claim) value)),
              new Adapter(Machine.class, value -> PlanDisplays.machine((Machine) value)),
              new Adapter(Explain.class, value -> NumberLine.of((Explain) value)),
              new Adapter(Observation.class, value -> RangeChart.of((Observation) value)),
              new Adapter(Table.class, value -> Tables.rich((Table) value)),
              new Adapter(Chart.class, value -> Figures.of((Chart<?, ?>) value))));

  /// A dollar sign outside a tag. Notebooks take what stands between two of them for a formula,
  /// unless each has an element of its own.
  private static final Pattern DOLLAR = Pattern.compile("\\$(?![^<>]*>)");

  private static @Nullable Host host;

  private Viz() {}

  /// Where output goes; found on first use.
  public static synchronized Host host() {
    Host current = host;
    if (current == null) {
      current = Host.find();
      use(current);
    }
    return current;
  }

  /// Sends output to `to` from now on, and teaches it every type known here.
  public static synchronized void use(Host to) {
    host = to;
    to.teach(Rich.class);
    ADAPTERS.forEach(adapter -> to.teach(adapter.type()));
  }

  /// Teaches the display a foreign type, such as a chart of another library.
  public static synchronized <T> void adapter(Class<T> type, Function<? super T, Rich> toRich) {
    ADAPTERS.addFirst(new Adapter(type, value -> toRich.apply(type.cast(value))));
    host().teach(type);
  }

  /// Shows a value now; as the last line of a cell it leaves nothing else on the page.
  public static void show(Object value) {
    host().display(mime(value));
  }

  /// Shows a value in a spot whose content can be replaced.
  public static Live live(Object first) {
    Host where = host();
    return new Live(where, where.display(mime(first)));
  }

  /// Progress as one line that is replaced at each whole percent.
  public static Progress progress() {
    return new LiveProgress();
  }

  /// The forms of a value by MIME type, richest first; always with `text/plain`.
  public static Map<String, String> mime(Object value) {
    Map<String, String> forms = asRich(value).mime();
    String html = forms.get("text/html");
    if (html == null || html.indexOf('$') < 0) {
      return forms;
    }
    Map<String, String> safe = new LinkedHashMap<>(forms);
    safe.put("text/html", DOLLAR.matcher(html).replaceAll("<span>\\$</span>"));
    return Collections.unmodifiableMap(safe);
  }

  private static synchronized Rich asRich(Object value) {
    for (Adapter adapter : ADAPTERS) { // they know more than a record of another room can
      if (adapter.type().isInstance(value)) {
        return adapter.toRich().apply(value);
      }
    }
    if (value instanceof Rich rich) {
      return rich;
    }
    return () -> Rich.bundle("text/plain", String.valueOf(value));
  }
}
