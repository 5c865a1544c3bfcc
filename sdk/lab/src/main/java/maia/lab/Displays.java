package maia.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import maia.base.Rich;
import maia.kernel.Explanation;
import maia.kernel.ir.Func;
import maia.kernel.tune.TuneResult;
import maia.machine.Machine;
import maia.npl.Program;
import maia.runtime.CompileReport;
import maia.runtime.KernelRun;
import maia.sim.Advice;
import maia.sim.Comparison;
import maia.sim.Exploration;
import maia.sim.RunRecord;

/// How records of the other rooms show in a notebook: their tables with pictures between, as HTML
/// without scripts and styles, so that it survives in notebooks that are not trusted; their own
/// text elsewhere.
final class Displays {
  private Displays() {}

  static Rich run(RunRecord run) {
    return html(pictures(run), run.toString());
  }

  static Rich kernelRun(KernelRun run) {
    String table = String.valueOf(run.report().mime().get("text/html"));
    return html(table + pictures(run.record()), run.toString());
  }

  private static String pictures(RunRecord run) {
    StringBuilder html = new StringBuilder();
    if (!run.trace().isEmpty()) {
      html.append(image(Gantt.of(run).drawing(), Gantt.of(run).toString()));
    }
    if (!run.power().isEmpty()) {
      html.append(image(PowerChart.of(run).drawing(), PowerChart.of(run).toString()));
    }
    StallBars stalls = StallBars.of(run);
    if (!stalls.bars().isEmpty()) {
      html.append(image(stalls.drawing(), stalls.toString()));
    }
    Roofline roofline = Roofline.of(run);
    if (!roofline.points().isEmpty()) {
      html.append(image(roofline.drawing(), roofline.toString()));
    }
    return html.toString();
  }

  /// The sums, then the picture of the memory, then graph and steps.
  static Rich compiled(CompileReport report) {
    String html = String.valueOf(report.mime().get("text/html"));
    PlacesChart places = new PlacesChart(report.memory());
    int text = html.indexOf("<pre>");
    boolean isEmpty = report.memory().buffers().isEmpty();
    String picture = isEmpty ? "" : image(places.drawing(), places.toString());
    return html(html.substring(0, text) + picture + html.substring(text), report.toString());
  }

  static Rich tuning(TuneResult tuning) {
    String table = String.valueOf(tuning.mime().get("text/html"));
    boolean isSpread = tuning.axes().stream().anyMatch(axis -> axis.values().size() > 1);
    if (!isSpread) {
      return html(table, tuning.toString());
    }
    Heatmap map = Heatmap.of(tuning);
    return html(image(map.drawing(), map.toString()) + table, tuning + "\n" + map);
  }

  /// The pictures stand where their tables do: the memory map, then timeline and roofline.
  static Rich explanation(Explanation explanation) {
    Machine machine = explanation.machine();
    MemoryMap memory = MemoryMap.of(explanation.compiled().program(), machine);
    StringBuilder html = new StringBuilder(explanation.html());
    List<String> below = new ArrayList<>(List.of(image(memory.drawing(), memory.toString())));
    explanation
        .sized()
        .ifPresent(sized -> {
          if (sized.run() instanceof KernelRun run) {
            below.add(pictures(run.record()));
          } else if (!sized.run().activities().isEmpty()) {
            Gantt gantt = Gantt.of(explanation.title(), sized.run());
            below.add(image(gantt.drawing(), gantt.toString()));
          }
        });
    int program = html.lastIndexOf("<h4>");
    html.insert(program, "<h4>pictures</h4>" + String.join("", below));
    return html(html.toString(), explanation.text());
  }

  static Rich advice(Advice advice) {
    TableData table =
        TableData.of(
            "why " + advice.program() + " takes its time",
            "share %",
            "cause",
            "line",
            "evidence",
            "try");
    for (Advice.Finding finding : advice.findings()) {
      table =
          table.row(
              String.format(Locale.ROOT, "%.1f", 100 * finding.share()),
              finding.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
              finding.line().toString(),
              finding.evidence(),
              finding.next());
    }
    return html(table.html(), advice.toString());
  }

  static Rich comparison(Comparison comparison) {
    TableData table =
        TableData.of(
            "", "of", "what", "unit", comparison.first(), comparison.second(), "second / first");
    for (Comparison.Row row : comparison.rows()) {
      table =
          table.row(
              row.group(),
              row.name(),
              row.unit(),
              Figures.number(row.first()),
              Figures.number(row.second()),
              String.format(Locale.ROOT, "%.3f", row.ratio()));
    }
    return html(table.html(), comparison.toString());
  }

  static Rich exploration(Exploration exploration) {
    String text = exploration.toString();
    return html("<pre>" + Drawing.escape(text) + "</pre>", text);
  }

  static Rich program(Program program) {
    return html("<pre>" + Drawing.escape(program.toString()) + "</pre>", program.toString());
  }

  static Rich function(Func func) {
    return html("<pre>" + Drawing.escape(func.toString()) + "</pre>", func.toString());
  }

  private static String image(Drawing drawing, String description) {
    return "<p>" + drawing.image(description) + "</p>";
  }

  private static Rich html(String html, String text) {
    return () -> Rich.bundle("text/html", html, "text/plain", text);
  }
}
