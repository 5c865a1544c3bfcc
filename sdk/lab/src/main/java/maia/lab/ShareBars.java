package maia.lab;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Check;
import maia.base.Rich;

/// Parts of a whole as one bar each, in the order given, coloured by kind.
///
/// @param title the heading
/// @param unit of the values
/// @param parts the bars
public record ShareBars(String title, String unit, List<Part> parts) implements Rich {
  private static final int LEFT = 170;
  private static final int RIGHT = 120;
  private static final int ROW = 24;
  private static final int TOP = 64;

  /// One part.
  ///
  /// @param name what it is
  /// @param value how much, not negative
  /// @param kind what colours it, such as what bounds an operator
  public record Part(String name, double value, String kind) {
    public Part {
      Check.argument(
          value >= 0 && Double.isFinite(value),
          "share bars: '%s' must be a number from 0, was %s",
          name,
          value);
    }
  }

  public ShareBars {
    parts = List.copyOf(parts);
  }

  /// Bars of nothing yet.
  public static ShareBars of(String title, String unit) {
    return new ShareBars(title, unit, List.of());
  }

  /// These bars with one more.
  public ShareBars add(String name, double value, String kind) {
    List<Part> more = new ArrayList<>(parts);
    more.add(new Part(name, value, kind));
    return new ShareBars(title, unit, more);
  }

  private double sum() {
    return parts.stream().mapToDouble(Part::value).sum();
  }

  private List<String> kinds() {
    return parts.stream().map(Part::kind).distinct().sorted(Comparator.naturalOrder()).toList();
  }

  private Color colour(String kind) {
    Color[] series = Palette.series();
    return series[kinds().indexOf(kind) % series.length];
  }

  Drawing drawing() {
    Drawing drawing = new Drawing(Figures.WIDTH + 60, TOP + ROW * parts.size() + 16);
    drawing.title(title);
    double x = LEFT;
    for (String kind : kinds().size() > 1 ? kinds() : List.<String>of()) {
      drawing.box(x, 36, 12, 12, colour(kind));
      drawing.word(x + 17, 47, kind, Drawing.Anchor.START);
      x += 30 + 7.2 * kind.length();
    }
    double most = parts.stream().mapToDouble(Part::value).max().orElse(0);
    double wide = drawing.width() - LEFT - RIGHT;
    for (int p = 0; p < parts.size(); p++) {
      Part part = parts.get(p);
      double y = TOP + (double) ROW * p;
      double length = most > 0 ? wide * part.value() / most : 0;
      drawing.word(LEFT - 8, y + 14, part.name(), Drawing.Anchor.END);
      drawing.box(LEFT, y + 2, Math.max(length, 1), ROW - 8, colour(part.kind()));
      drawing.word(LEFT + length + 6, y + 14, amount(part), Drawing.Anchor.START);
    }
    return drawing;
  }

  private String amount(Part part) {
    double share = sum() > 0 ? 100 * part.value() / sum() : 0;
    return String.format(Locale.ROOT, "%s %s, %.0f %%", Figures.number(part.value()), unit, share);
  }

  /// The drawing.
  public Figure figure() {
    return drawing().figure(toString());
  }

  @Override
  public Map<String, String> mime() {
    return figure().mime();
  }

  /// A row for each part.
  @Override
  public String toString() {
    TableData table = TableData.of(title, "part", unit, "share %", "kind");
    for (Part part : parts) {
      double share = sum() > 0 ? 100 * part.value() / sum() : 0;
      String percent = String.format(Locale.ROOT, "%.1f", share);
      table = table.row(part.name(), Figures.number(part.value()), percent, part.kind());
    }
    return table.toString();
  }
}
