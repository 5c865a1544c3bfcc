package maia.lab;

import java.awt.Color;
import java.util.Map;
import maia.base.Rich;
import maia.quant.Histogram;
import maia.quant.Observation;

/// The histogram of what an observer saw, with the threshold it chose; heights are square roots of
/// shares, so that rare outliers show.
///
/// @param observation what was seen
public record RangeChart(Observation observation) implements Rich {
  private static final int LEFT = 40;
  private static final int TOP = 40;
  private static final int WIDE = 620;
  private static final int HIGH = 200;
  private static final int BARS = 128;

  /// The picture of an observation.
  public static RangeChart of(Observation observation) {
    return new RangeChart(observation);
  }

  Drawing drawing() {
    Drawing drawing = new Drawing(LEFT * 2 + WIDE, TOP + HIGH + 60);
    Histogram bars = observation.histogram().merged(BARS);
    double most = 0;
    for (double weight : bars.weights()) {
      most = Math.max(most, weight);
    }
    drawing.title(observation.rule().label() + " for " + observation.grid());
    double wide = (double) WIDE / BARS;
    Color fill = Palette.series()[4];
    for (int i = 0; i < BARS; i++) {
      double high = most == 0 ? 0 : HIGH * Math.sqrt(bars.weights()[i] / most);
      drawing.box(LEFT + i * wide, TOP + HIGH - high, wide, high, fill);
    }
    drawing.line(LEFT, TOP + HIGH, LEFT + WIDE, TOP + HIGH, Palette.TEXT);
    drawing.word(LEFT, TOP + HIGH + 18, "0", Drawing.Anchor.MIDDLE);
    drawing.word(LEFT + WIDE, TOP + HIGH + 18, Figures.number(bars.limit()), Drawing.Anchor.MIDDLE);
    if (bars.limit() > 0) {
      double x = LEFT + WIDE * Math.min(1, observation.threshold() / bars.limit());
      Color mark = Palette.series()[3];
      drawing.path(new double[] {x, x}, new double[] {TOP - 6, TOP + HIGH}, mark, 2, true);
      String label =
          "threshold %s, %.3f %% beyond"
              .formatted(Figures.number(observation.threshold()), 100 * observation.clipped());
      boolean isLeft = x < LEFT + WIDE / 2.0;
      drawing.word(
          isLeft ? x + 6 : x - 6,
          TOP + 8,
          label,
          isLeft ? Drawing.Anchor.START : Drawing.Anchor.END,
          12,
          mark,
          true);
    }
    drawing.word(
        LEFT,
        TOP + HIGH + 42,
        "magnitudes of %d values, square root of the share".formatted(observation.values()),
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

  @Override
  public String toString() {
    return observation.toString();
  }
}
