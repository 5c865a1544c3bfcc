package maia.lab;

import java.awt.Color;
import java.util.Arrays;
import java.util.Locale;
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
    Histogram seen = observation.histogram().merged(BARS);
    int shown = shown(seen);
    double[] bars = Arrays.copyOf(seen.weights(), shown);
    double end = seen.limit() * shown / BARS;
    double most = Arrays.stream(bars).max().orElse(0);
    drawing.title(observation.rule().label() + " for " + observation.grid());
    double wide = (double) WIDE / shown;
    Color fill = Palette.series()[4];
    for (int i = 0; i < shown; i++) {
      double high = most == 0 ? 0 : HIGH * Math.sqrt(bars[i] / most);
      drawing.box(LEFT + i * wide, TOP + HIGH - high, wide, high, fill);
    }
    drawing.line(LEFT, TOP + HIGH, LEFT + WIDE, TOP + HIGH, Palette.TEXT);
    if (end > 0) {
      for (Ruler.Tick tick : new Ruler(0, end, false).ticks(8)) {
        double at = LEFT + WIDE * tick.value() / end;
        drawing.line(at, TOP + HIGH, at, TOP + HIGH + 4, Palette.TEXT);
        drawing.word(at, TOP + HIGH + 18, tick.words(), Drawing.Anchor.MIDDLE);
      }
      double x = LEFT + WIDE * Math.min(1, observation.threshold() / end);
      Color mark = Palette.series()[3];
      drawing.path(new double[] {x, x}, new double[] {TOP - 6, TOP + HIGH}, mark, 2, true);
      String label =
          String.format(
              Locale.ROOT,
              "threshold %s, %.3f %% beyond",
              Figures.number(observation.threshold()),
              100 * observation.clipped());
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
        String.format(
            Locale.ROOT,
            "magnitudes of %,d values; heights are square roots of shares",
            observation.values()),
        Drawing.Anchor.START);
    return drawing;
  }

  /// Bars up to the last one that holds something and to the threshold: the limit of a histogram is
  /// a power of two, so the upper half is often empty.
  private int shown(Histogram bars) {
    double[] weights = bars.weights();
    int shown = BARS;
    double needed = bars.limit() == 0 ? 0 : observation.threshold() / bars.limit() * BARS;
    while (shown > 1 && weights[shown - 1] == 0 && shown - 1 >= needed) {
      shown--;
    }
    return shown;
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
