package maia.lab;

import java.awt.Color;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import maia.base.Check;
import maia.base.Rich;

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

  /// Lines of a name that stands under its bars.
  private static final int LINES = 3;

  /// Letters of a name beside its bars.
  private static final int LONGEST = 34;

  private static final int SIZE = 12;

  /// Part of the room of a category that its bars fill.
  private static final double FILL = 0.7;

  /// Part of the axis that is left free beyond the longest bar, for its number.
  private static final double ROOM = 0.08;

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

  /// The drawing: bars stand where the names of the categories have room under them, and lie
  /// otherwise.
  public Figure figure() {
    Check.argument(
        !categories.isEmpty() && !series.isEmpty(),
        "bar chart '%s' is empty; call over(...) and add(...)",
        title);
    return drawing().figure(toString());
  }

  private Drawing drawing() {
    double slot = (Figures.WIDTH - 80.0) / categories.size();
    List<List<String>> names = categories.stream().map(name -> wrapped(name, slot - 6)).toList();
    boolean fits =
        names.stream()
            .allMatch(lines ->
                lines.size() <= LINES
                    && lines.stream().allMatch(l -> Drawing.width(l, SIZE) <= slot - 6));
    return fits ? standing(names) : lying();
  }

  /// The words of a name in lines of this width; a longer word has a line of its own.
  private static List<String> wrapped(String name, double wide) {
    List<String> lines = new ArrayList<>();
    for (String word : name.split(" ")) {
      String longer = lines.isEmpty() ? word : lines.getLast() + " " + word;
      if (!lines.isEmpty() && Drawing.width(longer, SIZE) <= wide) {
        lines.set(lines.size() - 1, longer);
      } else {
        lines.add(word);
      }
    }
    return lines;
  }

  /// From 0, or from the power of ten below the least value, to beyond the greatest.
  private Ruler ruler() {
    double[] all = series.stream().flatMap(s -> s.values().stream()).mapToDouble(v -> v).toArray();
    double[] finite = Arrays.stream(all).filter(Double::isFinite).toArray();
    double least = Arrays.stream(finite).min().orElse(1);
    double most = Arrays.stream(finite).max().orElse(1);
    if (values.isLogarithmic()) {
      double low = Math.pow(10, Math.floor(Math.log10(least) - 0.1));
      return new Ruler(low, most * Math.pow(most / low, ROOM), true);
    }
    double room = ROOM * (Math.max(0, most) - Math.min(0, least));
    return room == 0
        ? new Ruler(0, 1, false)
        : new Ruler(least < 0 ? least - room : 0, most > 0 ? most + room : 0, false);
  }

  private double start(Ruler ruler) {
    return values.isLogarithmic() ? 0 : ruler.share(0);
  }

  private List<String> legend() {
    return series.stream().map(Series::name).toList();
  }

  private Drawing standing(List<List<String>> names) {
    Drawing drawing = new Drawing(Figures.WIDTH, Figures.HEIGHT);
    drawing.title(title);
    Ruler ruler = ruler();
    List<Ruler.Tick> ticks = ruler.ticks(8);
    int lines = names.stream().mapToInt(List::size).max().orElse(1);
    double bottom =
        Figures.HEIGHT - 16 - 15.0 * lines - Frame.legendHeight(legend(), drawing.width());
    Frame frame = new Frame(drawing, Frame.beside(ticks), Figures.WIDTH - 16, 60, bottom);
    frame.upright(ruler, ticks, values.label());
    double slot = (frame.right() - frame.left()) / categories.size();
    double wide = FILL * slot / series.size();
    boolean isLabelled = hasRoom(wide);
    for (int c = 0; c < categories.size(); c++) {
      double middle = frame.left() + slot * (c + 0.5);
      for (int s = 0; s < series.size(); s++) {
        double x = middle + wide * (s - series.size() / 2.0);
        double value = series.get(s).values().get(c);
        if (Double.isFinite(value)) {
          double zero = frame.y(start(ruler));
          double end = frame.y(ruler.share(value));
          drawing.box(x, Math.min(zero, end), wide, Math.abs(end - zero), colour(s));
          if (isLabelled) {
            double at = value < 0 ? end + 14 : end - 5;
            drawing.word(x + wide / 2, at, label(value), Drawing.Anchor.MIDDLE);
          }
        }
      }
      for (int i = 0; i < names.get(c).size(); i++) {
        drawing.word(middle, bottom + 18 + 15 * i, names.get(c).get(i), Drawing.Anchor.MIDDLE);
      }
    }
    double zero = frame.y(start(ruler));
    drawing.line(frame.left(), zero, frame.right(), zero, Palette.TEXT);
    Frame.legend(drawing, legend(), Figures.HEIGHT, BarChart::sample);
    return drawing;
  }

  /// Whether the number of every bar fits above it.
  private boolean hasRoom(double wide) {
    double room = series.size() == 1 ? wide / FILL : wide;
    return series.stream()
        .flatMap(s -> s.values().stream())
        .allMatch(v -> Drawing.width(label(v), SIZE) <= room);
  }

  private Drawing lying() {
    int thick = series.size() == 1 ? 16 : 12;
    int slot = thick * series.size() + 10;
    int high = 60 + slot * categories.size() + 48;
    int height = high + Frame.legendHeight(legend(), Figures.WIDTH);
    Drawing drawing = new Drawing(Figures.WIDTH, height);
    drawing.title(title);
    Ruler ruler = ruler();
    double longest =
        categories.stream().mapToDouble(c -> Drawing.width(cut(c), SIZE)).max().orElse(0);
    Frame frame = new Frame(drawing, longest + 20, Figures.WIDTH - 40, 44, high - 48.0);
    frame.level(ruler, ruler.ticks(8), values.label(), Palette.GRID);
    for (int c = 0; c < categories.size(); c++) {
      double top = frame.top() + slot * (double) c + 5;
      drawing.word(
          frame.left() - 8,
          top + thick * series.size() / 2.0 + 4,
          cut(categories.get(c)),
          Drawing.Anchor.END);
      for (int s = 0; s < series.size(); s++) {
        double value = series.get(s).values().get(c);
        if (Double.isFinite(value)) {
          double zero = frame.x(start(ruler));
          double end = frame.x(ruler.share(value));
          double y = top + thick * (double) s;
          drawing.box(Math.min(zero, end), y, Math.abs(end - zero), thick, colour(s));
          drawing.word(
              Math.max(zero, end) + 5, y + thick / 2.0 + 4, label(value), Drawing.Anchor.START);
        }
      }
    }
    double zero = frame.x(start(ruler));
    drawing.line(zero, frame.top(), zero, frame.bottom(), Palette.TEXT);
    Frame.legend(drawing, legend(), height, BarChart::sample);
    return drawing;
  }

  private static String cut(String name) {
    return name.length() <= LONGEST ? name : name.substring(0, LONGEST - 2) + "..";
  }

  /// Three significant digits, or the whole number.
  private static String label(double value) {
    if (!Double.isFinite(value)) {
      return String.valueOf(value);
    }
    BigDecimal exact = BigDecimal.valueOf(value);
    int digits = Math.max(3, exact.precision() - exact.scale());
    return Ruler.words(exact.round(new MathContext(digits)));
  }

  private static Color colour(int number) {
    return Palette.series()[number % Palette.series().length];
  }

  private static void sample(Drawing drawing, int number, double x, double y, double wide) {
    drawing.box(x + wide / 2 - 14, y - 6, 12, 12, colour(number));
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
