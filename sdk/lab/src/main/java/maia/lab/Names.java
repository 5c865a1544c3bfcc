package maia.lab;

import java.util.ArrayList;
import java.util.List;

/// Places for names beside points of a drawing, so that they cover neither each other nor what else
/// has been marked as taken.
final class Names {
  private static final int SIZE = 11;
  private static final double HIGH = 11;
  private static final double STEP = 6;
  private static final int TRIES = 24;

  /// Distance from a name to its point from which on a line joins them.
  private static final double FAR = 10;

  private record Area(double left, double top, double right, double bottom) {
    boolean meets(Area other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
  }

  private final Area page;
  private final List<Area> taken = new ArrayList<>();

  /// Names that stay inside these bounds.
  Names(double left, double top, double right, double bottom) {
    page = new Area(left, top, right, bottom);
  }

  /// Keeps names off this box.
  Names taken(double left, double top, double wide, double high) {
    taken.add(new Area(left, top, left + wide, top + high));
    return this;
  }

  /// Keeps names off this line.
  Names line(double x1, double y1, double x2, double y2) {
    int parts = 1 + (int) (Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1)) / 4);
    for (int i = 0; i <= parts; i++) {
      double x = x1 + (x2 - x1) * i / parts;
      double y = y1 + (y2 - y1) * i / parts;
      taken(x - 2, y - 2, 4, 4);
    }
    return this;
  }

  /// Writes a name as near to the point as there is room, to its right if possible.
  void write(Drawing drawing, double x, double y, String name) {
    double wide = Drawing.width(name, SIZE);
    Area best = free(x, y, wide);
    taken.add(best);
    double base = best.bottom - 1.5;
    double middle = (best.top + best.bottom) / 2;
    if (Math.abs(middle - y) > FAR) {
      double end = best.left > x ? best.left - 1 : best.right + 1;
      drawing.line(x, y, end, middle, Palette.FAINT);
    }
    drawing.word(best.left, base, name, Drawing.Anchor.START, SIZE, Palette.TEXT, false);
  }

  private Area free(double x, double y, double wide) {
    for (int shift = 0; shift < TRIES; shift++) {
      int steps = (shift + 1) / 2;
      double middle = y + (shift % 2 == 0 ? -steps : steps) * STEP;
      for (double left : new double[] {x + 8, x - 8 - wide}) {
        Area area = area(left, middle, wide);
        if (isFree(area)) {
          return area;
        }
      }
    }
    return area(x + 8, y, wide);
  }

  private boolean isFree(Area area) {
    boolean inside =
        area.left >= page.left
            && area.right <= page.right
            && area.top >= page.top
            && area.bottom <= page.bottom;
    return inside && taken.stream().noneMatch(area::meets);
  }

  private static Area area(double left, double middle, double wide) {
    return new Area(left, middle - HIGH / 2, left + wide, middle + HIGH / 2);
  }
}
