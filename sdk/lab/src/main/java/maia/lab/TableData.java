package maia.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import maia.base.Check;
import maia.base.Rich;

/// A small table of finished texts. HTML without style attributes or scripts, because notebook
/// viewers strip both; aligned columns as text.
///
/// @param title the heading; may be empty
/// @param columns the column names
/// @param rows the cells; each row has one per column
public record TableData(String title, List<String> columns, List<List<String>> rows)
    implements Rich {
  public TableData {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<String> row : rows) {
      Check.argument(
          row.size() == columns.size(),
          "table '%s': a row has %d cells for %d columns: %s",
          title,
          row.size(),
          columns.size(),
          row);
    }
  }

  /// A table without rows.
  public static TableData of(String title, String... columns) {
    return new TableData(title, List.of(columns), List.of());
  }

  /// This table with one more row.
  public TableData row(String... cells) {
    List<List<String>> more = new ArrayList<>(rows);
    more.add(List.of(cells));
    return new TableData(title, columns, more);
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle("text/html", html(), "text/plain", toString());
  }

  /// The table as HTML.
  public String html() {
    String caption = title.isEmpty() ? "" : "<caption>" + escape(title) + "</caption>";
    String head =
        columns.stream().map(c -> "<th>" + escape(c) + "</th>").collect(Collectors.joining());
    String body =
        rows.stream()
            .map(row ->
                row.stream()
                    .map(c -> "<td>" + escape(c) + "</td>")
                    .collect(Collectors.joining("", "<tr>", "</tr>")))
            .collect(Collectors.joining("\n"));
    return "<table>"
        + caption
        + "<thead><tr>"
        + head
        + "</tr></thead><tbody>\n"
        + body
        + "\n</tbody></table>";
  }

  /// The table as text: columns of numbers to the right, others to the left.
  @Override
  public String toString() {
    int[] widths = new int[columns.size()];
    boolean[] right = new boolean[columns.size()];
    for (int c = 0; c < widths.length; c++) {
      List<String> cells = column(c);
      widths[c] =
          Math.max(
              columns.get(c).length(), cells.stream().mapToInt(String::length).max().orElse(0));
      right[c] = !cells.isEmpty() && cells.stream().allMatch(TableData::looksNumeric);
    }
    List<String> lines = new ArrayList<>();
    if (!title.isEmpty()) {
      lines.add(title);
    }
    lines.add(line(columns, widths, right));
    lines.add(Arrays.stream(widths).mapToObj("-"::repeat).collect(Collectors.joining("  ")));
    rows.forEach(row -> lines.add(line(row, widths, right)));
    return String.join("\n", lines);
  }

  /// The cells of one column.
  List<String> column(int index) {
    return rows.stream().map(row -> row.get(index)).toList();
  }

  private static String line(List<String> cells, int[] widths, boolean[] right) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String pad = " ".repeat(widths[c] - cells.get(c).length());
      line.append(c == 0 ? "" : "  ").append(right[c] ? pad + cells.get(c) : cells.get(c) + pad);
    }
    return line.toString().stripTrailing();
  }

  private static boolean looksNumeric(String cell) {
    return cell.isEmpty() || cell.equals("-") || cell.matches("[-+<>~$]?\\s?[0-9].*");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
