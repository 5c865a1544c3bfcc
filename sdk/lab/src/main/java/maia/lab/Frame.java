package maia.lab;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;

/// What the pictures of lines and bars have around them: a title, the name of the upright axis
/// above it, round values with lines across, and a legend at the foot.
///
/// @param drawing the picture
/// @param left where the area of the values begins
/// @param right where it ends
/// @param top its upper edge
/// @param bottom its lower edge
record Frame(Drawing drawing, double left, double right, double top, double bottom) {
  /// Distance of legend entries, and of the first from the left edge.
  private static final double GAP = 20;

  private static final double SAMPLE = 28;
  private static final int ROW = 20;
  private static final int SIZE = 12;

  /// How an entry of a legend shows what it names.
  interface Sample {
    /// Draws entry number `i` with its middle at (`x`, `y`), `wide` across.
    void draw(Drawing drawing, int i, double x, double y, double wide);
  }

  /// Height of the legend of these names, 0 for a single one.
  static int legendHeight(List<String> names, int width) {
    return names.size() < 2 ? 0 : 8 + ROW * rows(names, width).size();
  }

  /// The rows into which names are divided, so that each fits the width.
  private static List<List<String>> rows(List<String> names, int width) {
    List<List<String>> rows = new ArrayList<>();
    double at = width;
    for (String name : names) {
      double wide = SAMPLE + Drawing.width(name, SIZE) + GAP;
      if (rows.isEmpty() || at + wide > width) {
        rows.add(new ArrayList<>());
        at = GAP;
      }
      rows.getLast().add(name);
      at += wide;
    }
    return rows;
  }

  /// The legend at the foot of a picture of this height, where there is more than one name.
  static void legend(Drawing drawing, List<String> names, int height, Sample sample) {
    if (names.size() < 2) {
      return;
    }
    List<List<String>> rows = rows(names, drawing.width());
    double y = height - ROW * (double) rows.size();
    int i = 0;
    for (List<String> row : rows) {
      double wide =
          row.stream().mapToDouble(n -> SAMPLE + Drawing.width(n, SIZE) + GAP).sum() - GAP;
      double x = Math.max(4, (drawing.width() - wide) / 2);
      for (String name : row) {
        sample.draw(drawing, i++, x + 11, y + 6, 22);
        drawing.word(x + SAMPLE, y + 10, name, Drawing.Anchor.START);
        x += SAMPLE + Drawing.width(name, SIZE) + GAP;
      }
      y += ROW;
    }
  }

  /// Room that the words of these positions take beside an upright axis.
  static double beside(List<Ruler.Tick> ticks) {
    return 20 + ticks.stream().mapToDouble(t -> Drawing.width(t.words(), SIZE)).max().orElse(0);
  }

  double x(double share) {
    return left + (right - left) * share;
  }

  double y(double share) {
    return bottom - (bottom - top) * share;
  }

  /// The positions of the upright axis, its name above it.
  void upright(Ruler ruler, List<Ruler.Tick> ticks, String name) {
    for (Ruler.Tick tick : ticks) {
      double at = y(ruler.share(tick.value()));
      drawing.line(left, at, right, at, Palette.GRID);
      drawing.word(left - 8, at + 4, tick.words(), Drawing.Anchor.END);
    }
    drawing.line(left, top, left, bottom, Palette.TEXT);
    drawing.word(8, top - 12, name, Drawing.Anchor.START);
  }

  /// The positions of the level axis, its name below it; with lines across where `grid` says so.
  void level(Ruler ruler, List<Ruler.Tick> ticks, String name, Color grid) {
    for (Ruler.Tick tick : ticks) {
      double at = x(ruler.share(tick.value()));
      drawing.line(at, bottom, at, bottom + 4, Palette.TEXT);
      drawing.line(at, top, at, bottom, grid);
      drawing.word(at, bottom + 18, tick.words(), Drawing.Anchor.MIDDLE);
    }
    drawing.line(left, bottom, right, bottom, Palette.TEXT);
    drawing.word((left + right) / 2, bottom + 36, name, Drawing.Anchor.MIDDLE);
  }
}
