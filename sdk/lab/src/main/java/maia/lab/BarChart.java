package maia.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import maia.base.Check;
import maia.base.Rich;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;

/// Bars over named categories, one bar per category and series.
///
/// @param title the heading
/// @param values the axis of the bar lengths
/// @param categories the names along the horizontal axis
/// @param series the bars; each has one value per category
public record BarChart(String title, Axis values, List<String> categories, List<Series> series)
    implements Rich {
  /// The bars of one colour.
  ///
  /// @param name the legend entry
  /// @param values one per category
  public record Series(String name, List<Double> values) {
    public Series {
      values = List.copyOf(values);
    }
  }

  private static final int LABELLED_BARS = 8;

  public BarChart {
    categories = List.copyOf(categories);
    series = List.copyOf(series);
    for (Series bars : series) {
      Check.argument(
          bars.values().size() == categories.size(),
          "bar chart '%s': series '%s' has %d values for %d categories",
          title,
          bars.name(),
          bars.values().size(),
          categories.size());
      Check.argument(
          values.scale() == Axis.Scale.LINEAR || bars.values().stream().allMatch(v -> v > 0),
          "bar chart '%s': a logarithmic axis needs positive values, series '%s' is %s",
          title,
          bars.name(),
          bars.values());
    }
  }

  /// A chart without bars.
  public static BarChart of(String title, Axis values) {
    return new BarChart(title, values, List.of(), List.of());
  }

  /// This chart over these categories; call it before [#add].
  public BarChart over(String... names) {
    return new BarChart(title, values, List.of(names), series);
  }

  /// This chart with one more series, a value per category.
  public BarChart add(String name, double... lengths) {
    List<Series> more = new ArrayList<>(series);
    more.add(new Series(name, Arrays.stream(lengths).boxed().toList()));
    return new BarChart(title, values, categories, more);
  }

  /// The drawing.
  public Figure figure() {
    Check.argument(
        !categories.isEmpty() && !series.isEmpty(),
        "bar chart '%s' is empty; call over(...) and add(...)",
        title);
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(Figures.WIDTH)
            .height(Figures.HEIGHT)
            .title(title)
            .yAxisTitle(values.label())
            .build();
    Figures.style(chart.getStyler());
    chart.getStyler().setYAxisLogarithmic(values.isLogarithmic());
    chart.getStyler().setLegendVisible(series.size() > 1);
    chart.getStyler().setAvailableSpaceFill(0.6);
    // narrow bars have no room for their numbers
    chart.getStyler().setLabelsVisible(categories.size() * series.size() <= LABELLED_BARS);
    chart.getStyler().setDecimalPattern("#,##0.###");
    chart.getStyler().setLabelsPosition(0.5);
    chart.getStyler().setLabelsFont(Figures.LABELS);
    series.forEach(bars -> chart.addSeries(bars.name(), categories, bars.values()));
    return Figures.of(chart, toString());
  }

  @Override
  public Map<String, String> mime() {
    return figure().mime();
  }

  /// The values as a table.
  @Override
  public String toString() {
    return table().toString();
  }

  /// The values as a table: one row per category.
  public TableData table() {
    List<String> columns = new ArrayList<>(List.of(""));
    series.forEach(bars ->
        columns.add(
            series.size() == 1 ? values.label() : bars.name() + " (" + values.label() + ")"));
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < categories.size(); i++) {
      List<String> row = new ArrayList<>(List.of(categories.get(i)));
      for (Series bars : series) {
        row.add(Figures.number(bars.values().get(i)));
      }
      rows.add(row);
    }
    return new TableData(title, columns, rows);
  }
}
