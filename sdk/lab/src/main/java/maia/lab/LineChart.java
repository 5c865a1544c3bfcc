package maia.lab;

import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import maia.base.Check;
import maia.base.Rich;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;

/// Lines through points.
///
/// @param title the heading
/// @param x the horizontal axis
/// @param y the vertical axis
/// @param series the lines
public record LineChart(String title, Axis x, Axis y, List<Series> series) implements Rich {
  /// One line.
  ///
  /// @param name the legend entry
  /// @param x the horizontal positions
  /// @param y the values, one per position
  public record Series(String name, List<Double> x, List<Double> y) {
    public Series {
      x = List.copyOf(x);
      y = List.copyOf(y);
      Check.argument(
          x.size() == y.size() && !x.isEmpty(),
          "line '%s': needs as many x as y values and at least one, got %d and %d",
          name,
          x.size(),
          y.size());
    }
  }

  public LineChart {
    series = List.copyOf(series);
    for (Series line : series) {
      checkPositive(title, x, line.name(), line.x());
      checkPositive(title, y, line.name(), line.y());
    }
  }

  /// A chart without lines.
  public static LineChart of(String title, Axis x, Axis y) {
    return new LineChart(title, x, y, List.of());
  }

  /// This chart with one more line through the points `(x[i], y[i])`.
  public LineChart add(String name, double[] xs, double[] ys) {
    List<Series> more = new ArrayList<>(series);
    more.add(
        new Series(name, Arrays.stream(xs).boxed().toList(), Arrays.stream(ys).boxed().toList()));
    return new LineChart(title, x, y, more);
  }

  /// This chart with one more line through the points `(1, y[0]), (2, y[1]), ...`.
  public LineChart add(String name, double... ys) {
    return add(name, DoubleStream.iterate(1, i -> i + 1).limit(ys.length).toArray(), ys);
  }

  /// The drawing.
  public Figure figure() {
    Check.argument(!series.isEmpty(), "line chart '%s' is empty; call add(...)", title);
    XYChart chart =
        new XYChartBuilder()
            .width(Figures.WIDTH)
            .height(Figures.HEIGHT)
            .title(title)
            .xAxisTitle(x.label())
            .yAxisTitle(y.label())
            .build();
    Figures.style(chart.getStyler());
    chart.getStyler().setXAxisLogarithmic(x.isLogarithmic());
    chart.getStyler().setYAxisLogarithmic(y.isLogarithmic());
    chart.getStyler().setLegendVisible(series.size() > 1);
    chart.getStyler().setMarkerSize(6);
    BasicStroke[] strokes = Palette.lines();
    for (int i = 0; i < series.size(); i++) {
      Series line = series.get(i);
      XYSeries drawn = chart.addSeries(line.name(), line.x(), line.y());
      drawn.setLineStyle(strokes[i % strokes.length]);
    }
    return Figures.of(chart, toString());
  }

  @Override
  public Map<String, String> mime() {
    return figure().mime();
  }

  /// One line of text per line drawn: its name, number of points, first, last, least and greatest
  /// value.
  @Override
  public String toString() {
    List<List<String>> rows = series.stream().map(LineChart::summary).toList();
    return new TableData(
            title, List.of("line", "points", "first", "last", "least", "greatest"), rows)
        .toString();
  }

  private static List<String> summary(Series line) {
    var statistics = line.y().stream().mapToDouble(Double::doubleValue).summaryStatistics();
    return List.of(
        line.name(),
        String.valueOf(line.y().size()),
        Figures.number(line.y().getFirst()),
        Figures.number(line.y().getLast()),
        Figures.number(statistics.getMin()),
        Figures.number(statistics.getMax()));
  }

  private static void checkPositive(String title, Axis axis, String line, List<Double> values) {
    Check.argument(
        !axis.isLogarithmic() || values.stream().allMatch(v -> v > 0),
        "line chart '%s': the logarithmic axis '%s' needs positive values, line '%s' has %s",
        title,
        axis.label(),
        line,
        values.stream().filter(v -> !(v > 0)).findFirst().orElse(0.0));
  }
}
