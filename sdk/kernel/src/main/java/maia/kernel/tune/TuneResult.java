package maia.kernel.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Check;
import maia.base.Rich;
import maia.kernel.tune.Trial.Simulated;

/// What a tuning found: every configuration with what became of it, and the winner.
///
/// @param kernel the kernel's name
/// @param machine the machine's name
/// @param key the launch it was tuned for, and what must be equal to use it again
/// @param axes the grid
/// @param trials one per configuration, in the order of the grid
/// @param winner position of the best in `trials`: the fewest simulated cycles, the first of equals
/// @param simulatedNow simulations this tuning had to run; the others were known
public record TuneResult(
    String kernel,
    String machine,
    String key,
    List<Tune.Axis> axes,
    List<Trial> trials,
    int winner,
    int simulatedNow)
    implements Rich {
  public TuneResult {
    axes = List.copyOf(axes);
    trials = List.copyOf(trials);
    Check.argument(
        winner >= 0 && winner < trials.size() && trials.get(winner).outcome() instanceof Simulated,
        "a tuning's winner must be one of its simulated trials, was %d of %d",
        winner,
        trials.size());
  }

  /// The best configuration.
  public Configuration best() {
    return trials.get(winner).configuration();
  }

  /// Simulated cycles of the best configuration.
  public long cycles() {
    return ((Simulated) trials.get(winner).outcome()).cycles();
  }

  /// How many configurations were simulated, now or before.
  public int simulated() {
    return (int) trials.stream().filter(t -> t.outcome() instanceof Simulated).count();
  }

  /// The names of the columns of [#rows].
  public List<String> columns() {
    List<String> names = new ArrayList<>(axes.stream().map(Tune.Axis::meta).toList());
    names.addAll(List.of("SRAM KiB", "model cycles", "cycles", "outcome"));
    return names;
  }

  /// One row of texts per trial.
  public List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < trials.size(); i++) {
      Trial trial = trials.get(i);
      List<String> row = new ArrayList<>();
      trial.configuration().metas().values().forEach(value -> row.add(String.valueOf(value)));
      row.add(trial.sramBytes().isEmpty() ? "" : kibibytes(trial.sramBytes().getAsLong()));
      row.add(trial.modelCycles().map(c -> String.format(Locale.ROOT, "%.0f", c)).orElse(""));
      row.add(trial.cycles().isEmpty() ? "" : String.valueOf(trial.cycles().getAsLong()));
      row.add(trial.verdict() + (i == winner ? "; best" : ""));
      rows.add(row);
    }
    return rows;
  }

  private static String kibibytes(long bytes) {
    return String.valueOf(Math.ceilDiv(bytes, 1024));
  }

  /// One line: what was tried and what won.
  public String summary() {
    return "%s on %s: %d configurations, %d simulated (%d now); best %s with %d cycles"
        .formatted(kernel, machine, trials.size(), simulated(), simulatedNow, best(), cycles());
  }

  @Override
  public Map<String, String> mime() {
    StringBuilder html = new StringBuilder("<p>").append(escaped(summary())).append("</p><table>");
    html.append("<thead>").append(row("th", columns())).append("</thead><tbody>");
    rows().forEach(row -> html.append(row("td", row)));
    return Rich.bundle(
        "text/html", html.append("</tbody></table>").toString(), "text/plain", toString());
  }

  private static String row(String tag, List<String> cells) {
    StringBuilder html = new StringBuilder("<tr>");
    cells.forEach(cell ->
        html.append('<').append(tag).append('>').append(escaped(cell)).append("</" + tag + ">"));
    return html.append("</tr>").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  /// The summary and an aligned table.
  @Override
  public String toString() {
    List<List<String>> rows = new ArrayList<>(List.of(columns()));
    rows.addAll(rows());
    StringBuilder text = new StringBuilder(summary()).append('\n');
    int last = columns().size() - 1;
    for (List<String> row : rows) {
      for (int c = 0; c < last; c++) {
        int column = c;
        int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
        text.repeat(' ', width - row.get(c).length()).append(row.get(c)).append("  ");
      }
      text.append(row.get(last)).append('\n');
    }
    return text.toString();
  }
}
