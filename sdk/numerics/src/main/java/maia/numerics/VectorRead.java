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

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Reads matrices of fp32 in memory ([Direct]) into the panels that products work on.
final class VectorRead {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int WIDTH = SPECIES.length();
  private static final int COLUMNS = 2 * WIDTH;

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
    for (int p = 0; p < depth; p++) {
      row(from, at + p * step, to, toAt + p * COLUMNS, panels, panelStep);
    }
  }

  private static void row(
      MemorySegment from, long at, float[] to, int toAt, int panels, int panelStep) {
    if (from.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int j = 0, t = toAt; j < panels; j++, t += panelStep) {
      long f = at + 4L * COLUMNS * j;
      load(SPECIES, from, f).intoArray(to, t);
      load(SPECIES, from, f + 4L * WIDTH).intoArray(to, t + WIDTH);
    }
  }

  /// [Tile#read] for eight rows.
  static void eight(MemorySegment from, long at, long step, int depth, float[] to, int toAt) {
    int p = 0;
    for (; p + LANES <= depth; p += LANES) {
      VectorTurn.eight(from, at + 4L * p, step, to, toAt + LANES * p, LANES);
    }
    rest(LANES, from, at, step, p, depth, to, toAt);
  }

  /// [Tile#read] for five rows: eight steps turned in three rounds of exchanges, as
  /// [VectorInterleave] does, but for rows that are not there. What a step writes beyond its five
  /// elements the next one replaces; the last steps go one by one.
  static void five(MemorySegment from, long at, long step, int depth, float[] to, int toAt) {
    if (from.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int p = 0;
    for (int t = toAt; p + LANES < depth; p += LANES, t += 5 * LANES) {
      long q = at + 4L * p;
      FloatVector a0 = load(EIGHT, from, q);
      FloatVector a1 = load(EIGHT, from, q + step);
      FloatVector a2 = load(EIGHT, from, q + 2 * step);
      FloatVector a3 = load(EIGHT, from, q + 3 * step);
      FloatVector a4 = load(EIGHT, from, q + 4 * step);
      half(low(a0, a4, FOUR, UPPER_HALF), a1, a2, a3, to, t);
      FloatVector b0 = high(a0, a4, FOUR, UPPER_HALF);
      FloatVector b1 = a1.rearrange(FOUR);
      FloatVector b2 = a2.rearrange(FOUR);
      half(b0, b1, b2, a3.rearrange(FOUR), to, t + 20);
    }
    rest(5, from, at, step, p, depth, to, toAt);
  }

  private static void half(
      FloatVector a0, FloatVector a1, FloatVector a2, FloatVector a3, float[] to, int at) {
    FloatVector b0 = low(a0, a2, TWO, UPPER_PAIRS);
    FloatVector b2 = high(a0, a2, TWO, UPPER_PAIRS);
    FloatVector b1 = low(a1, a3, TWO, UPPER_PAIRS);
    FloatVector b3 = high(a1, a3, TWO, UPPER_PAIRS);
    low(b0, b1, ONE, ODD).intoArray(to, at);
    high(b0, b1, ONE, ODD).intoArray(to, at + 5);
    low(b2, b3, ONE, ODD).intoArray(to, at + 10);
    high(b2, b3, ONE, ODD).intoArray(to, at + 15);
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

  private static FloatVector load(VectorSpecies<Float> species, MemorySegment x, long at) {
    return FloatVector.fromMemorySegment(species, x, at, ByteOrder.LITTLE_ENDIAN);
  }
}
