package maia.lab;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maia.base.Check;
import maia.base.Rich;

/// What accuracy costs: points with a cost (bits, time or energy) and a loss, and the frontier of
/// those that no other beats in both.
///
/// @param title the heading
/// @param cost the cost, with its unit
/// @param loss the loss, with its unit
/// @param points the points
public record ParetoChart(String title, String cost, String loss, List<Point> points)
    implements Rich {
  private static final int LEFT = 80;
  private static final int TOP = 54;
  private static final int WIDE = 560;
  private static final int HIGH = 300;

  /// One way to quantise.
  ///
  /// @param name its name
  /// @param cost what it takes
  /// @param loss what it loses
  /// @param error the standard error of the loss, 0 where there is none
  public record Point(String name, double cost, double loss, double error) {}

  public ParetoChart {
    points = List.copyOf(points);
    for (Point p : points) {
      Check.argument(
          Double.isFinite(p.cost()) && Double.isFinite(p.loss()) && p.error() >= 0,
          "pareto '%s': '%s' has cost %s, loss %s and error %s",
          title,
          p.name(),
          p.cost(),
          p.loss(),
          p.error());
    }
  }

  /// A chart without points.
  public static ParetoChart of(String title, String cost, String loss) {
    return new ParetoChart(title, cost, loss, List.of());
  }

  /// This chart with one more point.
  public ParetoChart add(String name, double atCost, double atLoss, double error) {
    List<Point> more = new ArrayList<>(points);
    more.add(new Point(name, atCost, atLoss, error));
    return new ParetoChart(title, cost, loss, more);
  }

  /// The points that no other beats in both, by ascending cost.
  public List<Point> frontier() {
    List<Point> sorted = new ArrayList<>(points);
    sorted.sort(Comparator.comparingDouble(Point::cost).thenComparingDouble(Point::loss));
    List<Point> kept = new ArrayList<>();
    for (Point p : sorted) {
      if (kept.isEmpty() || p.loss() < kept.getLast().loss()) {
        kept.add(p);
      }
    }
    return kept;
  }

  private double x(double value) {
    double least = points.stream().mapToDouble(Point::cost).min().orElse(0);
    double most = points.stream().mapToDouble(Point::cost).max().orElse(1);
    double share = most == least ? 0.5 : (value - least) / (most - least);
    return LEFT + WIDE * (0.04 + 0.8 * share);
  }

  private double y(double value) {
    double least = points.stream().mapToDouble(p -> p.loss() - p.error()).min().orElse(0);
    double most = points.stream().mapToDouble(p -> p.loss() + p.error()).max().orElse(1);
    double share = most == least ? 0.5 : (value - least) / (most - least);
    return TOP + HIGH * (0.95 - 0.9 * share);
  }

  Drawing drawing() {
    Drawing drawing = new Drawing(LEFT + WIDE + 40, TOP + HIGH + 60);
    drawing.title(title);
    drawing.line(LEFT, TOP, LEFT, TOP + HIGH, Palette.TEXT);
    drawing.line(LEFT, TOP + HIGH, LEFT + WIDE, TOP + HIGH, Palette.TEXT);
    drawing.word(LEFT + WIDE / 2.0, TOP + HIGH + 42, cost, Drawing.Anchor.MIDDLE);
    drawing.word(8, TOP - 12, loss, Drawing.Anchor.START);
    List<Point> best = frontier();
    Color line = Palette.series()[0];
    drawing.path(
        best.stream().mapToDouble(p -> x(p.cost())).toArray(),
        best.stream().mapToDouble(p -> y(p.loss())).toArray(),
        line,
        2,
        true);
    ticks(drawing);
    Names names = new Names(LEFT + 4, TOP, drawing.width() - 4, TOP + HIGH - 2);
    for (int i = 1; i < best.size(); i++) {
      Point from = best.get(i - 1);
      Point to = best.get(i);
      names.line(x(from.cost()), y(from.loss()), x(to.cost()), y(to.loss()));
    }
    for (Point p : points) {
      Color colour = best.contains(p) ? line : Palette.series()[1];
      double at = x(p.cost());
      double top = y(p.loss() + p.error());
      drawing.line(at, y(p.loss() - p.error()), at, top, colour);
      drawing.box(at - 4, y(p.loss()) - 4, 8, 8, colour);
      names.taken(at - 5, y(p.loss()) - 5, 10, 10);
      names.taken(at - 1, top, 2, y(p.loss() - p.error()) - top);
    }
    // the left ones first, which have no room on their other side
    points.stream()
        .sorted(Comparator.comparingDouble(Point::cost))
        .forEach(p -> names.write(drawing, x(p.cost()), y(p.loss()), p.name()));
    return drawing;
  }

  private void ticks(Drawing drawing) {
    for (Ruler.Tick tick : ticks(points.stream().mapToDouble(Point::cost).toArray())) {
      double at = x(tick.value());
      drawing.line(at, TOP + HIGH, at, TOP + HIGH + 4, Palette.TEXT);
      drawing.word(at, TOP + HIGH + 18, tick.words(), Drawing.Anchor.MIDDLE);
    }
    double[] ends =
        points.stream()
            .flatMap(p -> Stream.of(p.loss() - p.error(), p.loss() + p.error()))
            .mapToDouble(e -> e)
            .toArray();
    for (Ruler.Tick tick : ticks(ends)) {
      double at = y(tick.value());
      drawing.line(LEFT - 4, at, LEFT, at, Palette.TEXT);
      drawing.word(LEFT - 8, at + 4, tick.words(), Drawing.Anchor.END);
    }
  }

  /// Round numbers between the least and the greatest of `values`.
  private static List<Ruler.Tick> ticks(double... values) {
    double low = Arrays.stream(values).min().orElse(0);
    double high = Arrays.stream(values).max().orElse(1);
    return low == high
        ? List.of(new Ruler.Tick(low, Figures.number(low)))
        : new Ruler(low, high, false).ticks(7);
  }

  /// The drawing.
  public Figure figure() {
    Check.argument(!points.isEmpty(), "pareto '%s' is empty; call add(...)", title);
    return drawing().figure(toString());
  }

  @Override
  public Map<String, String> mime() {
    return figure().mime();
  }

  /// The points as a table; a star marks the frontier.
  @Override
  public String toString() {
    List<Point> best = frontier();
    TableData table = TableData.of(title, "", cost, loss, "+-", "frontier");
    for (Point p : points) {
      table =
          table.row(
              p.name(),
              Figures.number(p.cost()),
              Figures.number(p.loss()),
              Figures.number(p.error()),
              best.contains(p) ? "*" : "");
    }
    return table.toString();
  }
}
