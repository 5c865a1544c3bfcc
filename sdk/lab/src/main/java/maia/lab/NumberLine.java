package maia.lab;

import java.awt.Color;
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

  /// The number itself, or the nearest value where it lies far outside or is no number.
  private double shown() {
    double scaled = explain.scaled();
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
    Drawing drawing = new Drawing(LEFT * 2 + WIDE, 190);
    Color mark = Palette.series()[3];
    Color place = Palette.series()[0];
    drawing.title(Figures.number(explain.x()) + " in " + explain.format());
    drawing.line(LEFT, LINE, LEFT + WIDE, LINE, Palette.TEXT);
    for (double value : explain.line()) {
      double x = at(value);
      drawing.line(x, LINE - 8, x, LINE + 8, Palette.TEXT);
      drawing.word(x, LINE + 26, Figures.number(value), Drawing.Anchor.MIDDLE);
    }
    if (explain.below() != explain.above()) {
      double middle = at((explain.below() + explain.above()) / 2);
      drawing.path(
          new double[] {middle, middle}, new double[] {LINE - 22, LINE + 8}, Palette.TEXT, 1, true);
    }
    double x = at(shown());
    drawing.line(x, LINE - 40, x, LINE, mark);
    drawing.word(
        x, LINE - 46, Figures.number(explain.scaled()), Drawing.Anchor.MIDDLE, 12, mark, true);
    if (Double.isFinite(explain.element()) && !explain.line().isEmpty()) {
      double goal = at(Math.clamp(explain.element(), from(), to()));
      drawing.path(new double[] {x, goal}, new double[] {LINE - 30, LINE - 10}, place, 2, false);
      drawing.box(goal - 4, LINE - 4, 8, 8, place);
    }
    drawing.word(
        LEFT,
        174,
        explain.scale() == 1
            ? "code 0x" + Integer.toHexString(explain.code())
            : "over the scale "
                + Figures.number(explain.scale())
                + "; code 0x"
                + Integer.toHexString(explain.code() & 0xff),
        Drawing.Anchor.START);
    return drawing;
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
