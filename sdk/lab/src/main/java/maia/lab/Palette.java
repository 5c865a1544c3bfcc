package maia.lab;

import java.awt.Color;

/// Colours that colour-blind readers can tell apart: the eight of Okabe and Ito, "Color Universal
/// Design", 2008, yellow last because it is faint on white.
final class Palette {
  static final Color TEXT = new Color(0x222222);
  static final Color GRID = new Color(0xdddddd);
  static final Color FAINT = new Color(0x999999);

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

  /// Dashes and gaps in the same order, so that lines also differ in print.
  static float[][] dashes() {
    return new float[][] {{}, {8, 4}, {2, 3}, {10, 3, 2, 3}, {5, 5}, {1, 4}, {12, 4}, {4, 2}};
  }

  /// A colour for a share from 0 to 1, dark to bright: five stops of viridis (van der Walt and
  /// Smith, 2015), which grows evenly in brightness for every kind of colour vision.
  static Color ramp(double share) {
    int[] stops = {0x440154, 0x3b528b, 0x21918c, 0x5ec962, 0xfde725};
    double at = Math.clamp(share, 0.0, 1.0) * (stops.length - 1);
    int first = Math.min((int) at, stops.length - 2);
    double part = at - first;
    int code = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int from = stops[first] >> shift & 0xff;
      int to = stops[first + 1] >> shift & 0xff;
      code = code << 8 | (int) Math.round(from + part * (to - from));
    }
    return new Color(code);
  }

  /// Whether white words read better on it than black ones.
  static boolean isDark(Color colour) {
    return 0.299 * colour.getRed() + 0.587 * colour.getGreen() + 0.114 * colour.getBlue() < 140;
  }
}
