package maia.numerics;

import static maia.numerics.Exchange.EIGHT;
import static maia.numerics.Exchange.FOUR;
import static maia.numerics.Exchange.LANES;
import static maia.numerics.Exchange.ODD;
import static maia.numerics.Exchange.ONE;
import static maia.numerics.Exchange.TWO;
import static maia.numerics.Exchange.UPPER_HALF;
import static maia.numerics.Exchange.UPPER_PAIRS;
import static maia.numerics.Exchange.high;
import static maia.numerics.Exchange.low;

import jdk.incubator.vector.FloatVector;

/// [Interleave] by transposing squares of 8 x 8 in registers: three rounds, in each of which rows
/// that differ in one bit of their number exchange the lanes that differ in that bit.
final class VectorInterleave {
  /// Elements beyond the end of a panel that may be overwritten.
  static final int SLACK = 8;

  private VectorInterleave() {}

  /// As [Interleave#rows], in ascending order, so that what one step writes beyond its rows the
  /// next step replaces; `depth` is a multiple of 8, and [#SLACK] elements follow the panel.
  static void rows(float[] rows, int count, int depth, int height, float[] to, int toAt) {
    for (int r = 0; r < count; r += LANES) {
      for (int p = 0; p < depth; p += LANES) {
        square(rows, r * depth + p, depth, count - r, to, toAt + p * height + r, height);
      }
    }
  }

  /// Rows beyond `count` repeat the first.
  private static void square(
      float[] x, int at, int step, int count, float[] to, int toAt, int height) {
    FloatVector a0 = load(x, at);
    FloatVector a1 = load(x, at + row(1, count) * step);
    FloatVector a2 = load(x, at + row(2, count) * step);
    FloatVector a3 = load(x, at + row(3, count) * step);
    FloatVector a4 = load(x, at + row(4, count) * step);
    FloatVector a5 = load(x, at + row(5, count) * step);
    FloatVector a6 = load(x, at + row(6, count) * step);
    FloatVector a7 = load(x, at + row(7, count) * step);
    FloatVector b0 = low(a0, a4, FOUR, UPPER_HALF);
    FloatVector b4 = high(a0, a4, FOUR, UPPER_HALF);
    FloatVector b1 = low(a1, a5, FOUR, UPPER_HALF);
    FloatVector b5 = high(a1, a5, FOUR, UPPER_HALF);
    FloatVector b2 = low(a2, a6, FOUR, UPPER_HALF);
    FloatVector b6 = high(a2, a6, FOUR, UPPER_HALF);
    FloatVector b3 = low(a3, a7, FOUR, UPPER_HALF);
    FloatVector b7 = high(a3, a7, FOUR, UPPER_HALF);
    half(b0, b1, b2, b3, to, toAt, height);
    half(b4, b5, b6, b7, to, toAt + 4 * height, height);
  }

  private static void half(
      FloatVector b0,
      FloatVector b1,
      FloatVector b2,
      FloatVector b3,
      float[] to,
      int at,
      int height) {
    FloatVector c0 = low(b0, b2, TWO, UPPER_PAIRS);
    FloatVector c2 = high(b0, b2, TWO, UPPER_PAIRS);
    FloatVector c1 = low(b1, b3, TWO, UPPER_PAIRS);
    FloatVector c3 = high(b1, b3, TWO, UPPER_PAIRS);
    low(c0, c1, ONE, ODD).intoArray(to, at);
    high(c0, c1, ONE, ODD).intoArray(to, at + height);
    low(c2, c3, ONE, ODD).intoArray(to, at + 2 * height);
    high(c2, c3, ONE, ODD).intoArray(to, at + 3 * height);
  }

  private static int row(int r, int count) {
    return r < count ? r : 0;
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(EIGHT, x, at);
  }
}
