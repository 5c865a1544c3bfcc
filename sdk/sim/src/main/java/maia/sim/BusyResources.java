package maia.sim;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import maia.base.Origin;
import maia.npl.Instr;
import maia.npl.Lane;
import maia.sim.Advice.Finding;
import maia.sim.Advice.Kind;

/// The rules of [Advice] about resources that work most of the time.
final class BusyResources {
  /// The share of the tensor unit's peak below which its steps are padded.
  private static final double WELL_FILLED = 0.8;

  private final RunRecord run;
  private final Usage usage;
  private final ProgramMap map;
  private final Consumer<Finding> found;

  BusyResources(RunRecord run, Usage usage, ProgramMap map, Consumer<Finding> found) {
    this.run = run;
    this.usage = usage;
    this.map = map;
    this.found = found;
  }

  private void add(Kind kind, Origin line, double share, String evidence, String next) {
    found.accept(new Finding(kind, line, Math.min(1, share), evidence, next));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  void all() {
    hbm();
    tensor();
    vector();
  }

  private void hbm() {
    double share =
        run.counters().busyPicoseconds().getOrDefault("hbm", 0L) / (double) run.picoseconds();
    if (share < Diagnosis.BUSY) {
      return;
    }
    String queue = "";
    for (String q : usage.queues()) {
      if (usage.isCopy(q) && (queue.isEmpty() || usage.busy(q) > usage.busy(queue))) {
        queue = q;
      }
    }
    long flops = run.counters().tensorFlops() + run.counters().vectorFlops();
    add(
        Kind.HBM,
        usage.costliest(queue, map.definition()),
        share,
        text(
            "HBM is busy %.0f %% of the time, %.1f operations for each of its bytes",
            100 * share, (double) flops / Math.max(1, run.counters().hbmBytes())),
        "larger blocks, one load for several tiles, or narrower formats");
  }

  private void tensor() {
    for (String queue : usage.queues()) {
      double busy = usage.busy(queue);
      if (!usage.kind(queue).equals("ttu") || busy < Diagnosis.BUSY) {
        continue;
      }
      double filled = filled(queue);
      Origin line = usage.costliest(queue, map.definition());
      if (filled < WELL_FILLED) {
        add(
            Kind.TENSOR,
            line,
            busy,
            text("the tensor unit is busy, but only %.0f %% of its steps are filled", 100 * filled),
            text(
                "blocks that are multiples of %d x %d",
                run.machine().ttu().rows(), run.machine().ttu().columns()));
      } else {
        add(
            Kind.TENSOR,
            line,
            busy,
            text("the tensor unit is busy %.0f %% of the time: this is its bound", 100 * busy),
            "a narrower input format");
      }
    }
  }

  /// Operations over what the unit could have done while it was busy.
  private double filled(String queue) {
    double possible = 0;
    double seconds =
        usage.engines(queue).stream().mapToLong(EngineUse::busyPicoseconds).sum() * 1e-12;
    for (String type : run.counters().tensorFlopsByType().keySet()) {
      for (var dtype : maia.numerics.DType.values()) {
        if (dtype.label().equals(type)) {
          var ttu = run.machine().ttu();
          long depth = ttu.depth(dtype, dtype).orElse(0);
          double perCycle = 2.0 * ttu.rows() * ttu.columns() * depth;
          possible = Math.max(possible, perCycle * run.machine().clockHertz() * seconds);
        }
      }
    }
    return possible == 0 ? 1 : run.counters().tensorFlops() / possible;
  }

  private void vector() {
    for (String queue : usage.queues()) {
      double busy = usage.busy(queue);
      if (!usage.kind(queue).equals("tvp") || busy < Diagnosis.BUSY) {
        continue;
      }
      Origin line = usage.costliest(queue, map.definition());
      Optional<String> slow = map.at(queue, line).flatMap(BusyResources::transcendental);
      add(
          Kind.VECTOR,
          line,
          busy,
          text(
              "the vector unit is busy %.0f %% of the time%s",
              100 * busy, slow.map(name -> ", here with " + name).orElse("")),
          slow.isPresent()
              ? "fewer of these per element: one exp2 of a scaled value, or a product of the tensor"
                  + " unit in place of a sum"
              : "16-bit types, or one fused expression in place of several");
    }
  }

  /// The name of a slow function in a vector instruction.
  private static Optional<String> transcendental(Instr instr) {
    Lane value =
        switch (instr) {
          case Instr.Map m -> m.value();
          case Instr.Reduce r -> r.value();
          default -> null; // no lane expression
        };
    return value == null ? Optional.empty() : SlowLane.in(value);
  }
}
