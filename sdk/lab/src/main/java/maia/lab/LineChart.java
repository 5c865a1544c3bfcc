package maia.lab;

import java.awt.Color;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import maia.base.Check;
import maia.base.Rich;

/// Lines through points.
///
/// @param title the heading
/// @param x the horizontal axis
/// @param y the vertical axis
/// @param series the lines
public record LineChart(String title, Axis x, Axis y, List<Series> series) implements Rich {
  /// Positions up to which each has words of its own.
  private static final int FEW = 10;

  /// Points up to which each is marked.
  private static final int MARKED = 48;

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
    return drawing().figure(toString());
  }

  private Drawing drawing() {
    List<String> names = series.stream().map(Series::name).toList();
    Drawing drawing = new Drawing(Figures.WIDTH, Figures.HEIGHT);
    drawing.title(title);
    Ruler across = Ruler.over(x, values(Series::x));
    Ruler up = Ruler.over(y, values(Series::y));
    List<Ruler.Tick> ticks = up.ticks(8);
    double bottom = Figures.HEIGHT - 48 - Frame.legendHeight(names, drawing.width());
    Frame frame = new Frame(drawing, Frame.beside(ticks), Figures.WIDTH - 20, 60, bottom);
    frame.upright(up, ticks, y.label());
    frame.level(across, positions(across, frame), x.label(), Color.WHITE);
    for (int i = 0; i < series.size(); i++) {
      line(frame, across, up, i);
    }
    Frame.legend(drawing, names, Figures.HEIGHT, LineChart::sample);
    return drawing;
  }

  private double[] values(Function<Series, List<Double>> of) {
    return series.stream().flatMap(s -> of.apply(s).stream()).mapToDouble(v -> v).toArray();
  }

  /// The positions of the points where those are few and their words have room, or round ones.
  private List<Ruler.Tick> positions(Ruler across, Frame frame) {
    double[] at =
        Arrays.stream(values(Series::x)).filter(Double::isFinite).sorted().distinct().toArray();
    List<Ruler.Tick> ticks = new ArrayList<>();
    double end = Double.NEGATIVE_INFINITY;
    for (double value : at) {
      String words = Ruler.words(BigDecimal.valueOf(value));
      double half = Drawing.width(words, 12) / 2;
      double middle = frame.x(across.share(value));
      if (ticks.size() == FEW || middle - half < end + 6 || words.length() > 7) {
        return across.ticks(10);
      }
      ticks.add(new Ruler.Tick(value, words));
      end = middle + half;
    }
    return ticks;
  }

  /// A line breaks where a value is not finite; the points of short ones are marked.
  private void line(Frame frame, Ruler across, Ruler up, int number) {
    Series line = series.get(number);
    List<double[]> run = new ArrayList<>();
    for (int i = 0; i <= line.x().size(); i++) {
      boolean isPoint =
          i < line.x().size()
              && Double.isFinite(line.x().get(i))
              && Double.isFinite(line.y().get(i));
      if (isPoint) {
        double px = frame.x(across.share(line.x().get(i)));
        run.add(new double[] {px, frame.y(up.share(line.y().get(i)))});
      } else {
        run(frame.drawing(), run, number, line.x().size() <= MARKED);
        run.clear();
      }
    }
  }

  private static void run(Drawing drawing, List<double[]> points, int number, boolean isMarked) {
    if (points.size() > 1) {
      drawing.path(
          points.stream().mapToDouble(p -> p[0]).toArray(),
          points.stream().mapToDouble(p -> p[1]).toArray(),
          colour(number),
          2,
          Palette.dashes()[number % Palette.dashes().length]);
    }
    if (isMarked || points.size() == 1) {
      points.forEach(p -> mark(drawing, number, p[0], p[1]));
    }
  }

  private static void sample(Drawing drawing, int number, double x, double y, double wide) {
    run(
        drawing,
        List.of(new double[] {x - wide / 2, y}, new double[] {x + wide / 2, y}),
        number,
        false);
    mark(drawing, number, x, y);
  }

  private static Color colour(int number) {
    return Palette.series()[number % Palette.series().length];
  }

  /// A disc, a diamond, a square or a triangle.
  private static void mark(Drawing drawing, int number, double x, double y) {
    int[] corners = {16, 4, 4, 3};
    double[] turns = {0, 0, 0.125, 0.25};
    double[] sizes = {3.5, 4.5, 4.5, 4.5};
    int kind = number % corners.length;
    double[] xs = new double[corners[kind]];
    double[] ys = new double[corners[kind]];
    for (int i = 0; i < xs.length; i++) {
      double angle = 2 * Math.PI * (turns[kind] + (double) i / xs.length);
      xs[i] = x + sizes[kind] * StrictMath.cos(angle);
      ys[i] = y - sizes[kind] * StrictMath.sin(angle);
    }
    drawing.area(xs, ys, colour(number));
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
