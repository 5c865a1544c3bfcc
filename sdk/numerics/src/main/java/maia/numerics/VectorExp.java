package maia.numerics;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.UMAX;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Exponentials in memory that are normal numbers, in two loops over a stretch that the first cache
/// holds: the power of two and what it leaves, then the series. The steps of [Fmath#exp] in their
/// order, less those that do nothing in that range. In one loop the chain of steps is longer than a
/// processor looks ahead (decision 070).
///
/// What is left has the other sign here, so the signs of every second coefficient are the other way
/// round, and so are those of the intermediate results; rounding does not know signs.
final class VectorExp {
  /// Most elements of a stretch.
  static final int STRETCH = 1024;

  /// Bytes of memory for the steps between the loops.
  static final long STEPS = 8L * STRETCH;

  /// Where in them the second of two steps lies.
  static final long REST = STEPS / 2;

  /// Exponentials of magnitudes up to this are normal.
  static final float NORMAL = 86f;

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int SIGN = Integer.MIN_VALUE;
  private static final int FRACTION = 23;

  private VectorExp() {}

  /// Prepares e^x. Returns whether the magnitudes are at most [#NORMAL].
  static boolean of(MemorySegment x, long at, MemorySegment steps, int count) {
    if (x.getClass() != Direct.KIND || steps.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector most = IntVector.zero(INTS);
    for (int v = 0; v < count / LANES; v++) {
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, at + 4L * LANES * v, ORDER);
      IntVector bits = d.reinterpretAsInts();
      most = most.lanewise(MAX, bits.and(~SIGN));
      FloatVector t =
          d.fma(
              FloatVector.broadcast(FLOATS, Fmath.LOG2_E),
              FloatVector.broadcast(FLOATS, Fmath.ROUND));
      FloatVector n = t.sub(Fmath.ROUND);
      FloatVector minus = bits.lanewise(XOR, SIGN).reinterpretAsFloats();
      FloatVector r = n.fma(FloatVector.broadcast(FLOATS, Fmath.LN2_HIGH), minus);
      t.intoMemorySegment(steps, 4L * LANES * v, ORDER);
      n.fma(FloatVector.broadcast(FLOATS, Fmath.LN2_LOW), r)
          .intoMemorySegment(steps, REST + 4L * LANES * v, ORDER);
    }
    return most.reduceLanes(MAX) <= Float.floatToRawIntBits(NORMAL);
  }

  /// Prepares e^-|x|. Returns whether the magnitudes are at most [#NORMAL].
  static boolean ofNegativeSize(MemorySegment x, long at, MemorySegment steps, int count) {
    if (x.getClass() != Direct.KIND || steps.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector most = IntVector.zero(INTS);
    for (int v = 0; v < count / LANES; v++) {
      IntVector size =
          FloatVector.fromMemorySegment(FLOATS, x, at + 4L * LANES * v, ORDER)
              .reinterpretAsInts()
              .and(~SIGN);
      most = most.lanewise(MAX, size);
      FloatVector d = size.reinterpretAsFloats();
      FloatVector t =
          d.fma(
              FloatVector.broadcast(FLOATS, -Fmath.LOG2_E),
              FloatVector.broadcast(FLOATS, Fmath.ROUND));
      FloatVector n = t.sub(Fmath.ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(FLOATS, Fmath.LN2_HIGH), d);
      t.intoMemorySegment(steps, 4L * LANES * v, ORDER);
      n.fma(FloatVector.broadcast(FLOATS, Fmath.LN2_LOW), r)
          .intoMemorySegment(steps, REST + 4L * LANES * v, ORDER);
    }
    return most.reduceLanes(MAX) <= Float.floatToRawIntBits(NORMAL);
  }

  /// Prepares e^(x - top), where `top` is the largest of the numbers in `x`. Returns whether the
  /// differences are at most `limit` and neither is NaN: as unsigned integers the bits of NaN of
  /// either sign are above those of every number that is not negative.
  static boolean ofDifference(
      MemorySegment x, long at, float top, float limit, MemorySegment steps, int count) {
    if (x.getClass() != Direct.KIND || steps.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector most = IntVector.zero(INTS);
    for (int v = 0; v < count / LANES; v++) {
      FloatVector d =
          FloatVector.broadcast(FLOATS, top)
              .sub(FloatVector.fromMemorySegment(FLOATS, x, at + 4L * LANES * v, ORDER));
      most = most.lanewise(UMAX, d.reinterpretAsInts());
      FloatVector t =
          d.fma(
              FloatVector.broadcast(FLOATS, -Fmath.LOG2_E),
              FloatVector.broadcast(FLOATS, Fmath.ROUND));
      FloatVector n = t.sub(Fmath.ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(FLOATS, Fmath.LN2_HIGH), d);
      t.intoMemorySegment(steps, 4L * LANES * v, ORDER);
      n.fma(FloatVector.broadcast(FLOATS, Fmath.LN2_LOW), r)
          .intoMemorySegment(steps, REST + 4L * LANES * v, ORDER);
    }
    return most.lanewise(LSHR, 1).reduceLanes(MAX) <= Float.floatToRawIntBits(limit) >> 1;
  }

  /// Prepares e^-d for the numbers d in the first half of `steps`, which are not negative.
  static void ofNegative(MemorySegment steps, int count) {
    if (steps.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, steps, 4L * LANES * v, ORDER);
      FloatVector t =
          d.fma(
              FloatVector.broadcast(FLOATS, -Fmath.LOG2_E),
              FloatVector.broadcast(FLOATS, Fmath.ROUND));
      FloatVector n = t.sub(Fmath.ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(FLOATS, Fmath.LN2_HIGH), d);
      t.intoMemorySegment(steps, 4L * LANES * v, ORDER);
      n.fma(FloatVector.broadcast(FLOATS, Fmath.LN2_LOW), r)
          .intoMemorySegment(steps, REST + 4L * LANES * v, ORDER);
    }
  }

  /// The exponentials prepared in `steps`.
  static void finish(MemorySegment steps, MemorySegment out, long outAt, int count) {
    if (steps.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long at = 4L * LANES * v;
      FloatVector r = FloatVector.fromMemorySegment(FLOATS, steps, REST + at, ORDER);
      FloatVector p =
          FloatVector.broadcast(FLOATS, 0x1.a12652p-13f)
              .fma(r, FloatVector.broadcast(FLOATS, -0x1.6d44b2p-10f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.1110ep-7f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, -0x1.5554e8p-5f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.555556p-3f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, -0x1p-1f));
      FloatVector y = FloatVector.broadcast(FLOATS, 1f).sub(p.fma(r.mul(r), r));
      FloatVector.fromMemorySegment(FLOATS, steps, at, ORDER)
          .reinterpretAsInts()
          .lanewise(LSHL, FRACTION)
          .add(y.reinterpretAsInts())
          .reinterpretAsFloats()
          .intoMemorySegment(out, outAt + at, ORDER);
    }
  }

  /// The same, and their sums in the order of [Reduce].
  static void finish(MemorySegment steps, MemorySegment out, long outAt, float[] lanes, int count) {
    for (int lane = 0; lane < Reduce.LANES; lane += 2 * LANES) {
      if (LANES < Reduce.LANES) {
        finishTwo(steps, out, outAt, lanes, lane, count);
      } else {
        finishOne(steps, out, outAt, lanes, lane, count);
      }
    }
  }

  /// Those of every 16 elements' vector from `lane` on and of the next one.
  private static void finishTwo(
      MemorySegment steps, MemorySegment out, long outAt, float[] lanes, int lane, int count) {
    if (steps.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    FloatVector s0 = FloatVector.fromArray(FLOATS, lanes, lane);
    FloatVector s1 = FloatVector.fromArray(FLOATS, lanes, lane + LANES);
    long second = 4L * LANES;
    for (int v = 0; v < count / Reduce.LANES; v++) {
      long at = 4L * Reduce.LANES * v + 4L * lane;
      FloatVector r0 = FloatVector.fromMemorySegment(FLOATS, steps, REST + at, ORDER);
      FloatVector r1 = FloatVector.fromMemorySegment(FLOATS, steps, REST + at + second, ORDER);
      FloatVector p0 =
          FloatVector.broadcast(FLOATS, 0x1.a12652p-13f)
              .fma(r0, FloatVector.broadcast(FLOATS, -0x1.6d44b2p-10f));
      FloatVector p1 =
          FloatVector.broadcast(FLOATS, 0x1.a12652p-13f)
              .fma(r1, FloatVector.broadcast(FLOATS, -0x1.6d44b2p-10f));
      p0 = p0.fma(r0, FloatVector.broadcast(FLOATS, 0x1.1110ep-7f));
      p1 = p1.fma(r1, FloatVector.broadcast(FLOATS, 0x1.1110ep-7f));
      p0 = p0.fma(r0, FloatVector.broadcast(FLOATS, -0x1.5554e8p-5f));
      p1 = p1.fma(r1, FloatVector.broadcast(FLOATS, -0x1.5554e8p-5f));
      p0 = p0.fma(r0, FloatVector.broadcast(FLOATS, 0x1.555556p-3f));
      p1 = p1.fma(r1, FloatVector.broadcast(FLOATS, 0x1.555556p-3f));
      p0 = p0.fma(r0, FloatVector.broadcast(FLOATS, -0x1p-1f));
      p1 = p1.fma(r1, FloatVector.broadcast(FLOATS, -0x1p-1f));
      IntVector y0 =
          FloatVector.broadcast(FLOATS, 1f).sub(p0.fma(r0.mul(r0), r0)).reinterpretAsInts();
      IntVector y1 =
          FloatVector.broadcast(FLOATS, 1f).sub(p1.fma(r1.mul(r1), r1)).reinterpretAsInts();
      FloatVector e0 =
          FloatVector.fromMemorySegment(FLOATS, steps, at, ORDER)
              .reinterpretAsInts()
              .lanewise(LSHL, FRACTION)
              .add(y0)
              .reinterpretAsFloats();
      FloatVector e1 =
          FloatVector.fromMemorySegment(FLOATS, steps, at + second, ORDER)
              .reinterpretAsInts()
              .lanewise(LSHL, FRACTION)
              .add(y1)
              .reinterpretAsFloats();
      e0.intoMemorySegment(out, outAt + at, ORDER);
      e1.intoMemorySegment(out, outAt + at + second, ORDER);
      s0 = s0.add(e0);
      s1 = s1.add(e1);
    }
    s0.intoArray(lanes, lane);
    s1.intoArray(lanes, lane + LANES);
  }

  /// Those of every 16 elements' vector from `lane` on.
  static void finishOne(
      MemorySegment steps, MemorySegment out, long outAt, float[] lanes, int lane, int count) {
    if (steps.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    FloatVector sum = FloatVector.fromArray(FLOATS, lanes, lane);
    for (int v = 0; v < count / Reduce.LANES; v++) {
      long at = 4L * Reduce.LANES * v + 4L * lane;
      FloatVector r = FloatVector.fromMemorySegment(FLOATS, steps, REST + at, ORDER);
      FloatVector p =
          FloatVector.broadcast(FLOATS, 0x1.a12652p-13f)
              .fma(r, FloatVector.broadcast(FLOATS, -0x1.6d44b2p-10f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.1110ep-7f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, -0x1.5554e8p-5f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.555556p-3f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, -0x1p-1f));
      FloatVector y = FloatVector.broadcast(FLOATS, 1f).sub(p.fma(r.mul(r), r));
      FloatVector e =
          FloatVector.fromMemorySegment(FLOATS, steps, at, ORDER)
              .reinterpretAsInts()
              .lanewise(LSHL, FRACTION)
              .add(y.reinterpretAsInts())
              .reinterpretAsFloats();
      e.intoMemorySegment(out, outAt + at, ORDER);
      sum = sum.add(e);
    }
    sum.intoArray(lanes, lane);
  }
}
