package maia.lab;

import java.awt.Color;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import maia.base.Rich;
import maia.quant.Explain;

/// The values of a format around one number: ticks for the values, a dashed line for the middle
/// between the neighbours, a mark for the number and an arrow to where it goes.
///
/// @param explain the number's way
public record NumberLine(Explain explain) implements Rich {
  private static final int LEFT = 50;
  private static final int WIDE = 600;
  private static final int LINE = 110;

  /// The picture of a value's way into a format.
  public static NumberLine of(Explain explain) {
    return new NumberLine(explain);
  }

  private double from() {
    double first = explain.line().isEmpty() ? -1 : explain.line().getFirst();
    return Math.min(first, shown());
  }

  private double to() {
    double last = explain.line().isEmpty() ? 1 : explain.line().getLast();
    return Math.max(last, shown());
  }

  /// The number itself, or the nearest value where it lies far outside; NaN stands in the middle.
  private double shown() {
    double scaled = explain.scaled();
    if (!explain.line().isEmpty() && Double.isNaN(scaled)) {
      return (explain.line().getFirst() + explain.line().getLast()) / 2;
    }
    if (explain.line().isEmpty() || !Double.isFinite(scaled)) {
      return Double.isFinite(explain.element()) ? explain.element() : 0;
    }
    double first = explain.line().getFirst();
    double last = explain.line().getLast();
    double margin = Math.max(last - first, Math.abs(last) / 8);
    return Math.clamp(scaled, first - margin, last + margin);
  }

  private double at(double value) {
    double wide = to() - from();
    return LEFT + (wide == 0 ? WIDE / 2.0 : WIDE * (value - from()) / wide);
  }

  Drawing drawing() {
    Drawing drawing = new Drawing(LEFT * 2 + WIDE, 196);
    Color mark = Palette.series()[3];
    Color place = Palette.series()[0];
    drawing.title(words(explain.x()) + " in " + explain.format());
    drawing.line(LEFT, LINE, LEFT + WIDE, LINE, Palette.TEXT);
    ticks(drawing);
    if (explain.below() != explain.above()) {
      double middle = at((explain.below() + explain.above()) / 2);
      drawing.path(
          new double[] {middle, middle}, new double[] {LINE - 22, LINE + 8}, Palette.TEXT, 1, true);
    }
    double x = at(shown());
    if (!Double.isNaN(explain.scaled())) {
      drawing.line(x, LINE - 40, x, LINE, mark);
    }
    drawing.word(x, LINE - 46, words(explain.scaled()), Drawing.Anchor.MIDDLE, 12, mark, true);
    if (Double.isFinite(explain.element()) && !explain.line().isEmpty()) {
      double goal = at(Math.clamp(explain.element(), from(), to()));
      drawing.path(new double[] {x, goal}, new double[] {LINE - 30, LINE - 10}, place, 2, false);
      drawing.box(goal - 4, LINE - 4, 8, 8, place);
    }
    String scale = explain.scale() == 1 ? "" : "over the scale " + words(explain.scale()) + ": ";
    String code =
        "code 0x" + Integer.toHexString(explain.code() & (explain.code() < 0 ? 0xff : 0xffff));
    drawing.word(LEFT, 184, scale + words(explain.element()) + ", " + code, Drawing.Anchor.START);
    return drawing;
  }

  /// The values of the format; a word that would touch the one before stands lower.
  private void ticks(Drawing drawing) {
    double[] ends = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (double value : explain.line()) {
      double x = at(value);
      String name = words(value);
      double half = Drawing.width(name, 12) / 2;
      int row = x - half > ends[0] + 4 || ends[0] <= ends[1] ? 0 : 1;
      ends[row] = x + half;
      drawing.line(x, LINE - 8, x, LINE + 8 + 16 * row, row == 0 ? Palette.TEXT : Palette.GRID);
      drawing.line(x, LINE - 8, x, LINE + 8, Palette.TEXT);
      drawing.word(x, LINE + 26 + 16 * row, name, Drawing.Anchor.MIDDLE);
    }
  }

  /// Six significant digits at most.
  private static String words(double value) {
    return Double.isFinite(value)
        ? Ruler.words(BigDecimal.valueOf(value).round(new MathContext(6)))
        : String.valueOf(value);
  }

  /// The drawing.
  public Figure figure() {
    return drawing().figure(toString());
  }

  @Override
  public Map<String, String> mime() {
    return figure().mime();
  }

  /// The story in words.
  @Override
  public String toString() {
    return explain.toString();
  }
}
