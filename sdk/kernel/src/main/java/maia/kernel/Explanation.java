package maia.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.base.Rich;
import maia.machine.Machine;
import maia.npl.Estimate;

/// How a kernel runs: each source line beside what it became, the queues side by side, the memory
/// map, how programs are dealt to tiles, every DMA, and, when sizes are given, time, roofline and
/// timeline.
///
/// @param title kernel and machine in a line
/// @param compiled the kernel
/// @param machine the machine
/// @param sections the parts, in order
/// @param sized what sizes add
public record Explanation(
    String title, Compiled compiled, Machine machine, List<Section> sections, Optional<Sized> sized)
    implements Rich {
  private static final int WIDEST = 46;

  /// A part: a table with a heading.
  ///
  /// @param title the heading
  /// @param columns the column names; empty names are not shown
  /// @param rows the cells, one per column
  public record Section(String title, List<String> columns, List<List<String>> rows) {
    public Section {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  /// What a launch with sizes adds.
  ///
  /// @param estimate bytes, operations and a bound of the time, without running
  /// @param run a run for time and energy only
  public record Sized(Estimate estimate, Run run) {}

  public Explanation {
    sections = List.copyOf(sections);
  }

  static Explanation of(Compiled compiled, Machine machine, Optional<Sized> sized) {
    List<Section> sections = new ArrayList<>();
    sections.add(ExplainCode.source(compiled.func()));
    sections.add(ExplainCode.queues(compiled.program()));
    sections.add(ExplainCode.memory(compiled, machine));
    sections.add(ExplainPlan.grid(compiled, machine, sized));
    sections.add(ExplainPlan.dma(compiled.program()));
    sized.ifPresent(s -> {
      sections.add(ExplainTime.time(compiled.program(), machine, s));
      sections.add(ExplainTime.timeline(s.run()));
    });
    String title = "kernel %s on %s".formatted(compiled.func().name(), machine);
    return new Explanation(title, compiled, machine, sections, sized);
  }

  /// All of it as text; columns of the queues are cut, the whole tile program stands at the end.
  public String text() {
    StringBuilder text = new StringBuilder(title).append('\n');
    sections.forEach(section -> append(text, section));
    return text.append("\n-- tile program\n").append(compiled.program()).toString();
  }

  private static void append(StringBuilder text, Section section) {
    text.append("\n-- ").append(section.title()).append('\n');
    int last = section.columns().size() - 1;
    int[] widths = new int[last + 1];
    for (int c = 0; c < widths.length; c++) {
      widths[c] = section.columns().get(c).length();
      for (List<String> row : section.rows()) {
        widths[c] = Math.max(widths[c], Math.min(WIDEST, row.get(c).length()));
      }
    }
    if (section.columns().stream().anyMatch(name -> !name.isEmpty())) {
      line(text, section.columns(), widths);
    }
    section.rows().forEach(row -> line(text, row, widths));
  }

  private static void line(StringBuilder text, List<String> cells, int... widths) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      boolean isLast = c == widths.length - 1;
      String cell = cells.get(c);
      boolean cut = cell.length() > widths[c] && !(isLast && widths.length <= 3);
      String shown = cut ? cell.substring(0, widths[c] - 2) + ".." : cell;
      line.append(shown).append(" ".repeat(Math.max(0, widths[c] - shown.length()) + 2));
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle("text/html", html(), "text/plain", text());
  }

  /// All of it as HTML without styles and scripts.
  public String html() {
    StringBuilder html = new StringBuilder("<h3>").append(escaped(title)).append("</h3>");
    for (Section section : sections) {
      html.append("<h4>").append(escaped(section.title())).append("</h4>");
      html.append(table(section));
    }
    html.append("<h4>tile program</h4><pre>");
    return html.append(escaped(compiled.program().toString())).append("</pre>").toString();
  }

  private static String table(Section section) {
    StringBuilder html = new StringBuilder("<table>");
    if (section.columns().stream().anyMatch(name -> !name.isEmpty())) {
      html.append("<thead><tr>");
      section.columns().forEach(c -> html.append("<th>").append(escaped(c)).append("</th>"));
      html.append("</tr></thead>");
    }
    html.append("<tbody>");
    for (List<String> row : section.rows()) {
      html.append("<tr>");
      for (String cell : row) {
        String code = cell.isEmpty() ? "" : "<code>" + escaped(cell) + "</code>";
        html.append("<td>").append(code).append("</td>");
      }
      html.append("</tr>");
    }
    return html.append("</tbody></table>").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("  ", "&nbsp; ");
  }

  /// All of it as text.
  @Override
  public String toString() {
    return text();
  }
}
