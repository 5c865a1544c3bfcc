package maia.tensor.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import maia.base.Rich;
import maia.tensor.Tensor;

/// What a forward pass of a module needs, found from shapes alone: one row per call of a module, in
/// the order in which the calls begin, the module itself first.
///
/// @param layers the rows
public record ModuleSummary(List<Layer> layers) implements Rich {
  public ModuleSummary {
    layers = List.copyOf(layers);
  }

  /// One call of a module, parts included.
  ///
  /// @param name dotted, empty for the module itself
  /// @param label what it is
  /// @param output the shape of its result
  /// @param parameters how many numbers it learns; 0 at a second call
  /// @param flops products and additions of matrix products, convolutions and attention; one per
  ///   element of the result of other operations
  /// @param parameterBytes bytes of parameters and buffers; 0 at a second call
  /// @param outputBytes bytes of its result
  public record Layer(
      String name,
      String label,
      List<Long> output,
      long parameters,
      long flops,
      long parameterBytes,
      long outputBytes) {
    public Layer {
      output = List.copyOf(output);
    }
  }

  /// The summary of `module.call(inputs)`; only the shapes and types of the inputs are used.
  static ModuleSummary of(Module module, Tensor... inputs) {
    return new ModuleSummary(new SummaryPass(module).run(inputs));
  }

  /// The whole module.
  public Layer total() {
    return layers.getFirst();
  }

  private record Column(String title, Function<Layer, String> cell) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("layer", l -> l.name().isEmpty() ? l.label() : l.name() + ": " + l.label()),
          new Column("output", l -> shape(l.output())),
          new Column("parameters", l -> count(l.parameters())),
          new Column("FLOPs", l -> count(l.flops())),
          new Column("weight bytes", l -> count(l.parameterBytes())),
          new Column("output bytes", l -> count(l.outputBytes())));

  private static String shape(List<Long> sizes) {
    return sizes.isEmpty()
        ? "scalar"
        : sizes.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  private List<List<String>> cells() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(COLUMNS.stream().map(Column::title).toList());
    layers.forEach(l -> rows.add(COLUMNS.stream().map(c -> c.cell().apply(l)).toList()));
    return rows;
  }

  /// The table: names on the left, numbers right-aligned.
  @Override
  public String toString() {
    List<List<String>> rows = cells();
    int[] widths = new int[COLUMNS.size()];
    for (List<String> row : rows) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String format = (c == 0 ? "%-" : "%") + widths[c] + "s";
        line.append(c == 0 ? "" : "  ").append(format.formatted(row.get(c)));
      }
      lines.add(line.toString().stripTrailing());
    }
    return String.join("\n", lines);
  }

  @Override
  public Map<String, String> mime() {
    StringBuilder html = new StringBuilder("<table>");
    List<List<String>> rows = cells();
    for (int r = 0; r < rows.size(); r++) {
      String tag = r == 0 ? "th" : "td";
      html.append("<tr>");
      rows.get(r)
          .forEach(cell ->
              html.append("<")
                  .append(tag)
                  .append(">")
                  .append(escape(cell))
                  .append("</")
                  .append(tag)
                  .append(">"));
      html.append("</tr>");
    }
    return Rich.bundle("text/html", html.append("</table>").toString(), "text/plain", toString());
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
