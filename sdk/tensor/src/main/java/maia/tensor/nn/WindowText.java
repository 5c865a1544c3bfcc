package maia.tensor.nn;

import maia.tensor.Window;

/// A window in the label of a module: what differs from every position without padding.
final class WindowText {
  private WindowText() {}

  /// Such as `, stride=2, padding=1`; empty for the plain window.
  static String of(Window w) {
    return pair("stride", w.strideY(), w.strideX(), 1)
        + pair("padding", w.paddingY(), w.paddingX(), 0)
        + pair("dilation", w.dilationY(), w.dilationX(), 1)
        + (w.groups() == 1 ? "" : ", groups=" + w.groups());
  }

  private static String pair(String name, int y, int x, int plain) {
    if (y == plain && x == plain) {
      return "";
    }
    return ", " + name + "=" + (y == x ? String.valueOf(y) : y + "x" + x);
  }
}
