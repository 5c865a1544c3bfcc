package maia.numerics;

import static maia.numerics.Exchange.BY_EIGHTH;
import static maia.numerics.Exchange.BY_HALF;
import static maia.numerics.Exchange.BY_QUARTER;
import static maia.numerics.Exchange.LANES;
import static maia.numerics.Exchange.SPECIES;
import static maia.numerics.Exchange.UPPER_EIGHTHS;
import static maia.numerics.Exchange.UPPER_HALF;
import static maia.numerics.Exchange.UPPER_QUARTERS;
import static maia.numerics.Exchange.high;
import static maia.numerics.Exchange.low;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/// Reads matrices of fp32 in memory ([Direct]) into the panels that products work on, and writes
/// rows back.
final class VectorRead {
  private static final int COLUMNS = 2 * LANES;

  /// Of two steps of eight rows side by side, those of the first before those of the second.
  private static final VectorShuffle<Float> BY_STEPS =
      VectorShuffle.fromOp(SPECIES, i -> i % 8 * (LANES / 8) + i / 8);

  private VectorRead() {}

  /// See [Tile#readColumns].
  static void columns(
      MemorySegment from,
      long at,
      long step,
      int depth,
      float[] to,
      int toAt,
      int panels,
      int panelStep) {
    for (int j = 0; j < panels; j++) {
      panel(from, at + 4L * COLUMNS * j, step, depth, to, toAt + j * panelStep);
    }
  }

  private static void panel(
      MemorySegment from, long at, long step, int depth, float[] to, int toAt) {
    if (from.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int p = 0, t = toAt; p < depth; p++, t += COLUMNS) {
      long f = at + p * step;
      load(from, f).intoArray(to, t);
      load(from, f + 4L * LANES).intoArray(to, t + LANES);
    }
  }

  /// See [Tile#write].
  static void write(
      float[] from,
      int at,
      int step,
      int rows,
      int columns,
      MemorySegment to,
      long toAt,
      long toStep) {
    if (to.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int r = 0; r < rows; r++) {
      int f = at + r * step;
      long t = toAt + r * toStep;
      for (int j = 0; j < columns; j += LANES) {
        FloatVector x = FloatVector.fromArray(SPECIES, from, f + j);
        x.intoMemorySegment(to, t + 4L * j, ByteOrder.LITTLE_ENDIAN);
      }
    }
  }

  /// [Tile#read] for eight rows: as many steps as there are lanes at a time, turned in three rounds
  /// of exchanges. With 16 lanes, a vector then holds two steps. All is written out: C2 inlines
  /// this method, and then not what it calls, into those that pack.
  static void eight(MemorySegment from, long at, long step, int depth, float[] to, int toAt) {
    if (from.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int p = 0;
    for (int t = toAt; p + LANES <= depth; p += LANES, t += 8 * LANES) {
      long q = at + 4L * p;
      FloatVector a0 = load(from, q);
      FloatVector a1 = load(from, q + step);
      FloatVector a2 = load(from, q + 2 * step);
      FloatVector a3 = load(from, q + 3 * step);
      FloatVector a4 = load(from, q + 4 * step);
      FloatVector a5 = load(from, q + 5 * step);
      FloatVector a6 = load(from, q + 6 * step);
      FloatVector a7 = load(from, q + 7 * step);
      FloatVector b0 = low(a0, a4, BY_HALF, UPPER_HALF);
      FloatVector b4 = high(a0, a4, BY_HALF, UPPER_HALF);
      FloatVector b1 = low(a1, a5, BY_HALF, UPPER_HALF);
      FloatVector b5 = high(a1, a5, BY_HALF, UPPER_HALF);
      FloatVector b2 = low(a2, a6, BY_HALF, UPPER_HALF);
      FloatVector b6 = high(a2, a6, BY_HALF, UPPER_HALF);
      FloatVector b3 = low(a3, a7, BY_HALF, UPPER_HALF);
      FloatVector b7 = high(a3, a7, BY_HALF, UPPER_HALF);
      FloatVector c0 = low(b0, b2, BY_QUARTER, UPPER_QUARTERS);
      FloatVector c2 = high(b0, b2, BY_QUARTER, UPPER_QUARTERS);
      FloatVector c1 = low(b1, b3, BY_QUARTER, UPPER_QUARTERS);
      FloatVector c3 = high(b1, b3, BY_QUARTER, UPPER_QUARTERS);
      bySteps(low(c0, c1, BY_EIGHTH, UPPER_EIGHTHS)).intoArray(to, t);
      bySteps(high(c0, c1, BY_EIGHTH, UPPER_EIGHTHS)).intoArray(to, t + LANES);
      bySteps(low(c2, c3, BY_EIGHTH, UPPER_EIGHTHS)).intoArray(to, t + 2 * LANES);
      bySteps(high(c2, c3, BY_EIGHTH, UPPER_EIGHTHS)).intoArray(to, t + 3 * LANES);
      FloatVector c4 = low(b4, b6, BY_QUARTER, UPPER_QUARTERS);
      FloatVector c6 = high(b4, b6, BY_QUARTER, UPPER_QUARTERS);
      FloatVector c5 = low(b5, b7, BY_QUARTER, UPPER_QUARTERS);
      FloatVector c7 = high(b5, b7, BY_QUARTER, UPPER_QUARTERS);
      bySteps(low(c4, c5, BY_EIGHTH, UPPER_EIGHTHS)).intoArray(to, t + 4 * LANES);
      bySteps(high(c4, c5, BY_EIGHTH, UPPER_EIGHTHS)).intoArray(to, t + 5 * LANES);
      bySteps(low(c6, c7, BY_EIGHTH, UPPER_EIGHTHS)).intoArray(to, t + 6 * LANES);
      bySteps(high(c6, c7, BY_EIGHTH, UPPER_EIGHTHS)).intoArray(to, t + 7 * LANES);
    }
    rest(8, from, at, step, p, depth, to, toAt);
  }

  private static FloatVector bySteps(FloatVector x) {
    return LANES == 8 ? x : x.rearrange(BY_STEPS);
  }

  /// [Tile#read] for five rows and eight lanes: eight steps turned in three rounds of exchanges, as
  /// [VectorInterleave] does, but for rows that are not there. What a step writes beyond its five
  /// elements the next one replaces; the last steps go one by one.
  static void five(MemorySegment from, long at, long step, int depth, float[] to, int toAt) {
    if (from.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int p = 0;
    for (int t = toAt; p + LANES < depth; p += LANES, t += 5 * LANES) {
      long q = at + 4L * p;
      FloatVector a0 = load(from, q);
      FloatVector a1 = load(from, q + step);
      FloatVector a2 = load(from, q + 2 * step);
      FloatVector a3 = load(from, q + 3 * step);
      FloatVector a4 = load(from, q + 4 * step);
      half(low(a0, a4, BY_HALF, UPPER_HALF), a1, a2, a3, to, t);
      FloatVector b0 = high(a0, a4, BY_HALF, UPPER_HALF);
      FloatVector b1 = a1.rearrange(BY_HALF);
      FloatVector b2 = a2.rearrange(BY_HALF);
      half(b0, b1, b2, a3.rearrange(BY_HALF), to, t + 20);
    }
    rest(5, from, at, step, p, depth, to, toAt);
  }

  private static void half(
      FloatVector a0, FloatVector a1, FloatVector a2, FloatVector a3, float[] to, int at) {
    FloatVector b0 = low(a0, a2, BY_QUARTER, UPPER_QUARTERS);
    FloatVector b2 = high(a0, a2, BY_QUARTER, UPPER_QUARTERS);
    FloatVector b1 = low(a1, a3, BY_QUARTER, UPPER_QUARTERS);
    FloatVector b3 = high(a1, a3, BY_QUARTER, UPPER_QUARTERS);
    low(b0, b1, BY_EIGHTH, UPPER_EIGHTHS).intoArray(to, at);
    high(b0, b1, BY_EIGHTH, UPPER_EIGHTHS).intoArray(to, at + 5);
    low(b2, b3, BY_EIGHTH, UPPER_EIGHTHS).intoArray(to, at + 10);
    high(b2, b3, BY_EIGHTH, UPPER_EIGHTHS).intoArray(to, at + 15);
  }

  private static void rest(
      int rows, MemorySegment from, long at, long step, int p, int depth, float[] to, int toAt) {
    if (from.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = p; i < depth; i++) {
      for (int r = 0; r < rows; r++) {
        to[toAt + rows * i + r] = from.get(Packed.FLOAT, at + r * step + 4L * i);
      }
    }
  }

  private static FloatVector load(MemorySegment x, long at) {
    return FloatVector.fromMemorySegment(SPECIES, x, at, ByteOrder.LITTLE_ENDIAN);
  }
}
