package maia.lab;

import java.awt.Color;
import java.util.Locale;
import java.util.Map;
import maia.base.Rich;
import maia.runtime.MemoryPlan;

/// The block of memory of a compiled function: which bytes hold which result from which step to
/// which.
///
/// @param plan the plan
public record PlacesChart(MemoryPlan plan) implements Rich {
  private static final int LEFT = 76;
  private static final int TOP = 44;
  private static final int HIGH = 260;
  private static final int LINES = 4;

  /// A word fits into a box of this many points to a letter.
  private static final double LETTER = 7.5;

  private static final int WORD_HIGH = 14;

  /// The last step that needs a place.
  private int last() {
    return plan.buffers().stream().mapToInt(MemoryPlan.Buffer::last).max().orElse(0);
  }

  Drawing drawing() {
    Drawing drawing = new Drawing(Figures.WIDTH + 60, TOP + HIGH + 52);
    double wide = drawing.width() - LEFT - 20.0;
    drawing.title(
        String.format(
            Locale.ROOT,
            "results in one block of %s, %s apart",
            size(plan.peakBytes()),
            size(plan.separateBytes())));
    for (int i = 0; i <= LINES; i++) {
      double y = TOP + HIGH - (double) HIGH * i / LINES;
      drawing.line(LEFT, y, LEFT + wide, y, Palette.GRID);
      drawing.word(LEFT - 6, y + 4, size(plan.peakBytes() * i / LINES), Drawing.Anchor.END);
    }
    Color[] colours = Palette.series();
    for (int i = 0; i < plan.buffers().size(); i++) {
      box(drawing, plan.buffers().get(i), wide / (last() + 1), colours[i % 6]);
    }
    double below = TOP + HIGH + 18.0;
    drawing.word(LEFT, below, "step 0", Drawing.Anchor.START);
    drawing.word(LEFT + wide, below, "step " + last(), Drawing.Anchor.END);
    drawing.word(
        LEFT + wide / 2,
        below + 22,
        "the result of the function lies outside: " + size(plan.resultBytes()),
        Drawing.Anchor.MIDDLE);
    return drawing;
  }

  private void box(Drawing drawing, MemoryPlan.Buffer buffer, double step, Color colour) {
    double scale = (double) HIGH / plan.peakBytes();
    double x = LEFT + step * buffer.first();
    double wide = Math.max(1, step * (buffer.last() - buffer.first() + 1) - 1);
    double high = Math.max(1, scale * buffer.bytes() - 1);
    double y = TOP + HIGH - scale * (buffer.offset() + buffer.bytes());
    drawing.box(x, y, wide, high, colour);
    String name = buffer.what().split(":", 2)[0];
    if (high >= WORD_HIGH && wide >= LETTER * name.length()) {
      Color ink = Palette.isDark(colour) ? Color.WHITE : Palette.TEXT;
      drawing.word(x + wide / 2, y + high / 2 + 4, name, Drawing.Anchor.MIDDLE, 12, ink, false);
    }
  }

  private String size(long bytes) {
    return plan.peakBytes() < 10 << 10
        ? bytes + " bytes"
        : String.format(Locale.ROOT, "%,d KiB", Math.ceilDiv(bytes, 1024));
  }

  /// The drawing.
  public Figure figure() {
    return drawing().figure(toString());
  }

  @Override
  public Map<String, String> mime() {
    return plan.buffers().isEmpty() ? Rich.bundle("text/plain", toString()) : figure().mime();
  }

  /// The places by step, and the sums.
  @Override
  public String toString() {
    return plan.toString();
  }
}
