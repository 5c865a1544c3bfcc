package maia.lab;

import java.awt.BasicStroke;
import java.awt.Color;

/// Colours that colour-blind readers can tell apart: the eight of Okabe and Ito, "Color Universal
/// Design", 2008, yellow last because it is faint on white.
final class Palette {
  static final Color TEXT = new Color(0x222222);
  static final Color GRID = new Color(0xdddddd);

  private Palette() {}

  /// The series colours in order.
  static Color[] series() {
    int[] codes = {0x0072b2, 0xe69f00, 0x009e73, 0xd55e00, 0x56b4e9, 0xcc79a7, 0x000000, 0xf0e442};
    Color[] colours = new Color[codes.length];
    for (int i = 0; i < codes.length; i++) {
      colours[i] = new Color(codes[i]);
    }
    return colours;
  }

  /// Line styles in the same order, so that lines also differ in print.
  static BasicStroke[] lines() {
    float[][] dashes = {{}, {8, 4}, {2, 3}, {10, 3, 2, 3}, {5, 5}, {1, 4}, {12, 4}, {4, 2}};
    BasicStroke[] strokes = new BasicStroke[dashes.length];
    for (int i = 0; i < dashes.length; i++) {
      strokes[i] =
          dashes[i].length == 0
              ? new BasicStroke(2)
              : new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashes[i], 0);
    }
    return strokes;
  }
}
