package maia.lab;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import maia.base.Rich;
import maia.cost.Claim;
import maia.cost.CostReport;
import maia.machine.Machine;
import maia.machine.Source;
import maia.plan.CostComparison;
import maia.plan.PhaseEstimate;

/// How projections, costs and chips show in a notebook: a table, with bars where parts make up a
/// whole; their own text elsewhere.
final class PlanDisplays {
  /// Lines above the operators in the text of a phase.
  private static final int HEADS_OF_A_PHASE = 2;

  private PlanDisplays() {}

  static Rich phase(PhaseEstimate phase) {
    TableData table =
        TableData.of(
            phase.model() + ", " + phase.title(),
            "operator",
            "count",
            "time us",
            "share",
            "memory MB",
            "energy mJ",
            "bound");
    ShareBars bars = ShareBars.of("where the time of " + phase.title() + " goes", "us");
    for (PhaseEstimate.Line line : phase.lines()) {
      table =
          table.row(
              line.operator(),
              String.valueOf(line.count()),
              number("%.1f", 1e6 * line.seconds()),
              number("%.1f %%", 100 * line.seconds() / phase.seconds()),
              number("%.1f", line.hbmBytes() / 1e6),
              number("%.2f", 1e3 * line.joules()),
              line.bound());
      bars = bars.add(line.operator(), 1e6 * line.seconds(), line.bound());
    }
    String text = phase.toString();
    return html(
        table.html() + picture(bars) + below(HEADS_OF_A_PHASE + phase.lines().size(), text), text);
  }

  static Rich comparison(CostComparison comparison) {
    TableData table =
        TableData.of(
            comparison.title(),
            "operator",
            "analytic us",
            "simulated us",
            "ratio",
            "bound, analytic",
            "bound, simulated",
            "method");
    for (CostComparison.Line line : comparison.lines()) {
      table =
          table.row(
              line.operator(),
              number("%.1f", 1e6 * line.analyticSeconds()),
              number("%.1f", 1e6 * line.simulatedSeconds()),
              number("%.2f", line.ratio()),
              line.analyticBound(),
              line.simulatedBound(),
              line.method());
    }
    table = table.row("all together", "", "", number("%.2f", comparison.ratio()), "", "", "");
    return html(table.html(), comparison.toString());
  }

  static Rich cost(CostReport cost) {
    TableData table =
        TableData.of(cost.title(), "kernel", "time us", "launch us", "energy uJ", "bound");
    for (CostReport.KernelCost kernel : cost.kernels()) {
      table =
          table.row(
              kernel.kernel(),
              number("%.3f", 1e6 * kernel.seconds()),
              number("%.3f", 1e6 * kernel.launchSeconds()),
              number("%.3f", 1e6 * kernel.joules()),
              kernel.bound().toString());
    }
    table =
        table.row(
            "total",
            number("%.3f", 1e6 * cost.kernelSeconds()),
            number("%.3f", 1e6 * cost.launchSeconds()),
            number("%.3f", 1e6 * cost.joules()),
            "");
    return html(
        table.html() + below((int) cost.toString().lines().count() - 1, cost.toString()),
        cost.toString());
  }

  static Rich claim(Claim claim) {
    TableData table =
        TableData.of("", "of the claim", "")
            .row("statement", claim.statement())
            .row("source", claim.source())
            .row("taken for granted", claim.assumption())
            .row("arithmetic", claim.computed())
            .row("verdict", claim.verdict().toString());
    return html(table.html(), claim.toString());
  }

  /// The sources of a chip's numbers; the numbers themselves are in the file it saves to.
  static Rich machine(Machine chip) {
    TableData table = TableData.of(chip.toString(), "number", "mark", "source");
    for (Map.Entry<String, Source> source : chip.sources().entrySet()) {
      table =
          table.row(
              source.getKey(),
              source.getValue().mark().name().toLowerCase(Locale.ROOT).replace('_', ' '),
              source.getValue().citation());
    }
    return html(table.html(), chip.toString());
  }

  static Rich text(Object value) {
    String text = value.toString();
    return html("<pre>" + Drawing.escape(text) + "</pre>", text);
  }

  private static String picture(ShareBars bars) {
    return "<p>" + bars.drawing().image(bars.toString()) + "</p>";
  }

  /// The last lines of a record's own text.
  private static String below(int lines, String text) {
    return text.lines()
        .skip(lines)
        .map(String::strip)
        .map(Drawing::escape)
        .collect(Collectors.joining("<br>", "<p>", "</p>"));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static Rich html(String html, String text) {
    return () -> Rich.bundle("text/html", html, "text/plain", text);
  }
}
