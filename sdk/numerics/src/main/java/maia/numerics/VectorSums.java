package maia.numerics;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Reductions of rows in memory in the order of [Reduce]: four independent chains at a time, which
/// are vectors of the 16 logical lanes of one row or of several.
final class VectorSums {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /// Chains that make up the logical lanes of one row.
  private static final int STRIPS = Math.max(1, Reduce.LANES / LANES);

  private static final int CHAINS = 4;

  /// Rows at once.
  static final int ROWS = Math.max(1, CHAINS / STRIPS);

  private VectorSums() {}

  /// Where chain `c` begins, relative to the first row.
  private static long place(int c, long step) {
    return c / STRIPS * step + 4L * (c % STRIPS) * LANES;
  }

  static void sums(MemorySegment x, long at, long step, int count, float[] lanes) {
    long b = at + place(1, step);
    long c = at + place(2, step);
    long d = at + place(3, step);
    sum(x, at, b, c, d, count, lanes);
  }

  private static void sum(
      MemorySegment x, long a, long b, long c, long d, int count, float[] lanes) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    FloatVector s0 = FloatVector.fromArray(FLOATS, lanes, 0);
    FloatVector s1 = FloatVector.fromArray(FLOATS, lanes, LANES);
    FloatVector s2 = FloatVector.fromArray(FLOATS, lanes, 2 * LANES);
    FloatVector s3 = FloatVector.fromArray(FLOATS, lanes, 3 * LANES);
    for (int v = 0; v < count / Reduce.LANES; v++) {
      s0 = s0.add(FloatVector.fromMemorySegment(FLOATS, x, a + 4L * Reduce.LANES * v, ORDER));
      s1 = s1.add(FloatVector.fromMemorySegment(FLOATS, x, b + 4L * Reduce.LANES * v, ORDER));
      s2 = s2.add(FloatVector.fromMemorySegment(FLOATS, x, c + 4L * Reduce.LANES * v, ORDER));
      s3 = s3.add(FloatVector.fromMemorySegment(FLOATS, x, d + 4L * Reduce.LANES * v, ORDER));
    }
    s0.intoArray(lanes, 0);
    s1.intoArray(lanes, LANES);
    s2.intoArray(lanes, 2 * LANES);
    s3.intoArray(lanes, 3 * LANES);
  }

  static void extremes(
      boolean largest, MemorySegment x, long at, long step, int count, float[] to) {
    float[] all = Scratch.floats(Scratch.Slot.FUNCTION, CHAINS * LANES);
    Arrays.fill(
        all, 0, CHAINS * LANES, largest ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY);
    for (int c = 0; c < CHAINS; c += 2) {
      long first = at + place(c, step);
      long second = at + place(c + 1, step);
      if (largest) {
        largest(x, first, second, count, all, c * LANES);
      } else {
        smallest(x, first, second, count, all, c * LANES);
      }
    }
    for (int row = 0; row < ROWS; row++) {
      float best = all[row * STRIPS * LANES];
      for (int i = row * STRIPS * LANES; i < (row + 1) * STRIPS * LANES; i++) {
        best = largest ? Reduce.larger(best, all[i]) : Reduce.smaller(best, all[i]);
      }
      to[row] = best;
    }
  }

  /// NaN is never larger.
  private static void largest(MemorySegment x, long a, long b, int count, float[] to, int at) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    FloatVector s0 = FloatVector.fromArray(FLOATS, to, at);
    FloatVector s1 = FloatVector.fromArray(FLOATS, to, at + LANES);
    for (int v = 0; v < count / Reduce.LANES; v++) {
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, a + 4L * Reduce.LANES * v, ORDER);
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, b + 4L * Reduce.LANES * v, ORDER);
      s0 = s0.blend(x0, x0.compare(GT, s0));
      s1 = s1.blend(x1, x1.compare(GT, s1));
    }
    s0.intoArray(to, at);
    s1.intoArray(to, at + LANES);
  }

  /// NaN is never smaller.
  private static void smallest(MemorySegment x, long a, long b, int count, float[] to, int at) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    FloatVector s0 = FloatVector.fromArray(FLOATS, to, at);
    FloatVector s1 = FloatVector.fromArray(FLOATS, to, at + LANES);
    for (int v = 0; v < count / Reduce.LANES; v++) {
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, a + 4L * Reduce.LANES * v, ORDER);
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, b + 4L * Reduce.LANES * v, ORDER);
      s0 = s0.blend(x0, x0.compare(LT, s0));
      s1 = s1.blend(x1, x1.compare(LT, s1));
    }
    s0.intoArray(to, at);
    s1.intoArray(to, at + LANES);
  }

  static void addFour(MemorySegment x, long at, long step, int count, float[] lanes, int lane) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    long b = at + step;
    long c = b + step;
    long d = c + step;
    for (int v = 0; v < count / LANES; v++) {
      FloatVector sum = FloatVector.fromArray(FLOATS, lanes, lane + LANES * v);
      sum =
          sum.add(FloatVector.fromMemorySegment(FLOATS, x, at + 4L * LANES * v, ORDER))
              .add(FloatVector.fromMemorySegment(FLOATS, x, b + 4L * LANES * v, ORDER));
      sum.add(FloatVector.fromMemorySegment(FLOATS, x, c + 4L * LANES * v, ORDER))
          .add(FloatVector.fromMemorySegment(FLOATS, x, d + 4L * LANES * v, ORDER))
          .intoArray(lanes, lane + LANES * v);
    }
  }

  static void addOne(MemorySegment x, long at, int count, float[] lanes, int lane) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      FloatVector sum = FloatVector.fromArray(FLOATS, lanes, lane + LANES * v);
      sum.add(FloatVector.fromMemorySegment(FLOATS, x, at + 4L * LANES * v, ORDER))
          .intoArray(lanes, lane + LANES * v);
    }
  }
}
