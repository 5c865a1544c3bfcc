package maia.numerics;

import static maia.numerics.Exchange.BY_EIGHTH;
import static maia.numerics.Exchange.BY_HALF;
import static maia.numerics.Exchange.BY_QUARTER;
import static maia.numerics.Exchange.BY_SIXTEENTH;
import static maia.numerics.Exchange.LANES;
import static maia.numerics.Exchange.SPECIES;
import static maia.numerics.Exchange.UPPER_EIGHTHS;
import static maia.numerics.Exchange.UPPER_HALF;
import static maia.numerics.Exchange.UPPER_QUARTERS;
import static maia.numerics.Exchange.UPPER_SIXTEENTHS;
import static maia.numerics.Exchange.high;
import static maia.numerics.Exchange.low;

import jdk.incubator.vector.FloatVector;

/// [Interleave] by transposing squares of 8 x 8 or, with 16 lanes, 16 x 16 in registers: in each of
/// three or four rounds, rows that differ in one bit of their number exchange the lanes that differ
/// in that bit.
final class VectorInterleave {
  /// Elements beyond the end of a panel that may be overwritten.
  static final int SLACK = 8;

  private VectorInterleave() {}

  /// Whether squares suit panels of `height` rows: what is written beyond the last rows must be
  /// what the next step replaces.
  static boolean suits(int height) {
    boolean isOne = height <= LANES && height + SLACK >= LANES;
    return VectorKernels.hasEightLanes() && (isOne || height % LANES == 0);
  }

  /// As [Interleave#rows], in ascending order, so that what one step writes beyond its rows the
  /// next step replaces; [#SLACK] elements follow the panel.
  static void rows(float[] rows, int count, int depth, int height, float[] to, int toAt) {
    int whole = SPECIES.loopBound(depth);
    float[] between = Scratch.floats(Scratch.Slot.SQUARE, LANES * LANES);
    for (int r = 0; r < count; r += LANES) {
      for (int p = 0; p < whole; p += LANES) {
        int target = toAt + p * height + r;
        if (LANES == 16) {
          sixteen(rows, r * depth + p, depth, count - r, between, to, target, height);
        } else {
          eight(rows, r * depth + p, depth, count - r, to, target, height);
        }
      }
    }
    Interleave.rows(rows, count, whole, depth, height, to, toAt);
  }

  /// A square of 16 x 16 in two passes of two rounds, of four vectors each: all in one method is
  /// more than C2 inlines. Rows beyond `count` repeat the first.
  private static void sixteen(
      float[] x, int at, int step, int count, float[] between, float[] to, int toAt, int height) {
    for (int i = 0; i < 4; i++) {
      FloatVector a0 = load(x, at + row(i, count) * step);
      FloatVector a1 = load(x, at + row(i + 4, count) * step);
      FloatVector a2 = load(x, at + row(i + 8, count) * step);
      FloatVector a3 = load(x, at + row(i + 12, count) * step);
      FloatVector b0 = low(a0, a2, BY_HALF, UPPER_HALF);
      FloatVector b2 = high(a0, a2, BY_HALF, UPPER_HALF);
      FloatVector b1 = low(a1, a3, BY_HALF, UPPER_HALF);
      FloatVector b3 = high(a1, a3, BY_HALF, UPPER_HALF);
      low(b0, b1, BY_QUARTER, UPPER_QUARTERS).intoArray(between, LANES * i);
      high(b0, b1, BY_QUARTER, UPPER_QUARTERS).intoArray(between, LANES * (i + 4));
      low(b2, b3, BY_QUARTER, UPPER_QUARTERS).intoArray(between, LANES * (i + 8));
      high(b2, b3, BY_QUARTER, UPPER_QUARTERS).intoArray(between, LANES * (i + 12));
    }
    for (int i = 0, t = toAt; i < 16; i += 4, t += 4 * height) {
      FloatVector a0 = load(between, LANES * i);
      FloatVector a1 = load(between, LANES * (i + 1));
      FloatVector a2 = load(between, LANES * (i + 2));
      FloatVector a3 = load(between, LANES * (i + 3));
      FloatVector b0 = low(a0, a2, BY_EIGHTH, UPPER_EIGHTHS);
      FloatVector b2 = high(a0, a2, BY_EIGHTH, UPPER_EIGHTHS);
      FloatVector b1 = low(a1, a3, BY_EIGHTH, UPPER_EIGHTHS);
      FloatVector b3 = high(a1, a3, BY_EIGHTH, UPPER_EIGHTHS);
      low(b0, b1, BY_SIXTEENTH, UPPER_SIXTEENTHS).intoArray(to, t);
      high(b0, b1, BY_SIXTEENTH, UPPER_SIXTEENTHS).intoArray(to, t + height);
      low(b2, b3, BY_SIXTEENTH, UPPER_SIXTEENTHS).intoArray(to, t + 2 * height);
      high(b2, b3, BY_SIXTEENTH, UPPER_SIXTEENTHS).intoArray(to, t + 3 * height);
    }
  }

  /// Rows beyond `count` repeat the first.
  private static void eight(
      float[] x, int at, int step, int count, float[] to, int toAt, int height) {
    FloatVector a0 = load(x, at);
    FloatVector a1 = load(x, at + row(1, count) * step);
    FloatVector a2 = load(x, at + row(2, count) * step);
    FloatVector a3 = load(x, at + row(3, count) * step);
    FloatVector a4 = load(x, at + row(4, count) * step);
    FloatVector a5 = load(x, at + row(5, count) * step);
    FloatVector a6 = load(x, at + row(6, count) * step);
    FloatVector a7 = load(x, at + row(7, count) * step);
    FloatVector b0 = low(a0, a4, BY_HALF, UPPER_HALF);
    FloatVector b4 = high(a0, a4, BY_HALF, UPPER_HALF);
    FloatVector b1 = low(a1, a5, BY_HALF, UPPER_HALF);
    FloatVector b5 = high(a1, a5, BY_HALF, UPPER_HALF);
    FloatVector b2 = low(a2, a6, BY_HALF, UPPER_HALF);
    FloatVector b6 = high(a2, a6, BY_HALF, UPPER_HALF);
    FloatVector b3 = low(a3, a7, BY_HALF, UPPER_HALF);
    FloatVector b7 = high(a3, a7, BY_HALF, UPPER_HALF);
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
    FloatVector c0 = low(b0, b2, BY_QUARTER, UPPER_QUARTERS);
    FloatVector c2 = high(b0, b2, BY_QUARTER, UPPER_QUARTERS);
    FloatVector c1 = low(b1, b3, BY_QUARTER, UPPER_QUARTERS);
    FloatVector c3 = high(b1, b3, BY_QUARTER, UPPER_QUARTERS);
    low(c0, c1, BY_EIGHTH, UPPER_EIGHTHS).intoArray(to, at);
    high(c0, c1, BY_EIGHTH, UPPER_EIGHTHS).intoArray(to, at + height);
    low(c2, c3, BY_EIGHTH, UPPER_EIGHTHS).intoArray(to, at + 2 * height);
    high(c2, c3, BY_EIGHTH, UPPER_EIGHTHS).intoArray(to, at + 3 * height);
  }

  private static int row(int r, int count) {
    return r < count ? r : 0;
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }
}
