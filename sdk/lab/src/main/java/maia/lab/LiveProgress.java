package maia.lab;

import maia.base.Progress;
import org.jspecify.annotations.Nullable;

/// Progress in a [Live] spot: a bar of 30 characters, written again only when it changes.
final class LiveProgress implements Progress {
  private static final int WIDTH = 30;

  private @Nullable Live spot;
  private String shown = "";

  @Override
  public synchronized void report(String what, long done, long total) {
    String line = line(what, done, total);
    if (line.equals(shown)) {
      return;
    }
    shown = line;
    Live current = spot;
    if (current == null) {
      spot = Viz.live(new Line(line));
    } else {
      current.set(new Line(line));
    }
  }

  /// `what [##### ] 50 %`.
  static String line(String what, long done, long total) {
    double part = total <= 0 ? 1 : Math.clamp((double) done / total, 0, 1);
    int full = (int) (part * WIDTH);
    return "%s [%s%s] %d %%"
        .formatted(what, "#".repeat(full), " ".repeat(WIDTH - full), (int) (part * 100));
  }

  private record Line(String text) {
    @Override
    public String toString() {
      return text;
    }
  }
}
