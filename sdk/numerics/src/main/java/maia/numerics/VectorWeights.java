package maia.numerics;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.UMAX;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Softmax of a row of scores in an array: scale and largest in one loop, exponentials and their
/// sums in the next, quotients in the last.
final class VectorWeights {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final int FRACTION = 23;

  /// Differences to the largest up to this have normal exponentials and quotients.
  private static final float RANGE = 60f;

  /// Where the last group is, behind the sums of all others and its own.
  private static final int GROUP = 2 * Reduce.LANES;

  private VectorWeights() {}

  /// See [Kernels#weigh]. Elements behind the last whole group of 16 go through an array in which
  /// the first of them fills the group.
  static boolean softmax(float[] x, int at, int count, float scale) {
    int rest = count % Reduce.LANES;
    int whole = count - rest;
    float[] lanes = Scratch.floats(Scratch.Slot.LANES, GROUP + Reduce.LANES);
    Arrays.fill(lanes, 0, GROUP, 0);
    if (rest > 0) {
      System.arraycopy(x, at + whole, lanes, GROUP, rest);
      Arrays.fill(lanes, GROUP + rest, GROUP + Reduce.LANES, lanes[GROUP]);
    }
    float top = scaled(x, at, whole, scale);
    if (rest > 0) {
      top = Math.max(top, scaled(lanes, GROUP, Reduce.LANES, scale));
    }
    float[] e = Scratch.floats(Scratch.Slot.FUNCTION, whole + Reduce.LANES);
    int most = exponentials(x, at, top, e, 0, lanes, 0, whole / Reduce.LANES);
    if (rest > 0) {
      int last = exponentials(lanes, GROUP, top, e, whole, lanes, Reduce.LANES, 1);
      most = Math.max(most, last);
      for (int i = 0; i < rest; i++) {
        lanes[i] += e[whole + i];
      }
    }
    boolean isNear = most <= Float.floatToRawIntBits(RANGE) >> 1;
    if (isNear) {
      float sum = Reduce.tree(lanes);
      quotients(e, 0, sum, x, at, whole);
      if (rest > 0) {
        quotients(e, whole, sum, lanes, GROUP, Reduce.LANES);
      }
    }
    System.arraycopy(lanes, GROUP, x, at + whole, rest);
    return isNear;
  }

  /// Multiplies by `scale` and returns the largest, of two zeros either; NaN is passed over.
  private static float scaled(float[] x, int at, int count, float scale) {
    float top = Float.NEGATIVE_INFINITY;
    for (int lane = 0; lane < Reduce.LANES; lane += 2 * LANES) {
      int second = Math.min(lane + LANES, Reduce.LANES - LANES);
      top = Math.max(top, scaled(x, at + lane, at + second, count, scale));
    }
    return top;
  }

  /// Two chains; they may be one.
  private static float scaled(float[] x, int a, int b, int count, float scale) {
    FloatVector s0 = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    FloatVector s1 = s0;
    for (int v = 0; v < count / Reduce.LANES; v++) {
      int i = Reduce.LANES * v;
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, a + i).mul(scale);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, b + i).mul(scale);
      s0 = s0.blend(x0, x0.compare(GT, s0));
      s1 = s1.blend(x1, x1.compare(GT, s1));
      x0.intoArray(x, a + i);
      x1.intoArray(x, b + i);
    }
    return s0.blend(s1, s1.compare(GT, s0)).reduceLanes(MAX);
  }

  /// e^(x - top) of `groups` times 16 elements, and their sums to `lanes[first..first+16]`. Returns
  /// half the bits of the largest difference; those of NaN are above those of any number.
  private static int exponentials(
      float[] x, int at, float top, float[] e, int eAt, float[] lanes, int first, int groups) {
    int next = Math.min(LANES, Reduce.LANES - LANES);
    int most = 0;
    for (int i = 0; i < Reduce.LANES; i += 2 * LANES) {
      int own = exponentials(x, at + i, next, top, e, eAt + i, lanes, first + i, groups);
      most = Math.max(most, own);
    }
    return most;
  }

  /// Those of a vector of each 16 elements and of the one `next` elements on, which may be the
  /// same.
  private static int exponentials(
      float[] x,
      int at,
      int next,
      float top,
      float[] e,
      int eAt,
      float[] lanes,
      int lane,
      int groups) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, lanes, lane);
    FloatVector s1 = FloatVector.fromArray(FLOATS, lanes, lane + next);
    IntVector most = IntVector.zero(INTS);
    for (int v = 0; v < groups; v++) {
      int i = Reduce.LANES * v;
      FloatVector d0 =
          FloatVector.fromArray(FLOATS, x, at + i).sub(FloatVector.broadcast(FLOATS, top));
      FloatVector d1 =
          FloatVector.fromArray(FLOATS, x, at + next + i).sub(FloatVector.broadcast(FLOATS, top));
      FloatVector t0 =
          d0.fma(
              FloatVector.broadcast(FLOATS, Fmath.LOG2_E),
              FloatVector.broadcast(FLOATS, Fmath.ROUND));
      FloatVector t1 =
          d1.fma(
              FloatVector.broadcast(FLOATS, Fmath.LOG2_E),
              FloatVector.broadcast(FLOATS, Fmath.ROUND));
      FloatVector n0 = t0.sub(Fmath.ROUND);
      FloatVector n1 = t1.sub(Fmath.ROUND);
      FloatVector r0 =
          n0.fma(
              FloatVector.broadcast(FLOATS, -Fmath.LN2_LOW),
              n0.fma(FloatVector.broadcast(FLOATS, -Fmath.LN2_HIGH), d0));
      FloatVector r1 =
          n1.fma(
              FloatVector.broadcast(FLOATS, -Fmath.LN2_LOW),
              n1.fma(FloatVector.broadcast(FLOATS, -Fmath.LN2_HIGH), d1));
      FloatVector p0 =
          FloatVector.broadcast(FLOATS, 0x1.a12652p-13f)
              .fma(r0, FloatVector.broadcast(FLOATS, 0x1.6d44b2p-10f));
      FloatVector p1 =
          FloatVector.broadcast(FLOATS, 0x1.a12652p-13f)
              .fma(r1, FloatVector.broadcast(FLOATS, 0x1.6d44b2p-10f));
      p0 = p0.fma(r0, FloatVector.broadcast(FLOATS, 0x1.1110ep-7f));
      p1 = p1.fma(r1, FloatVector.broadcast(FLOATS, 0x1.1110ep-7f));
      p0 = p0.fma(r0, FloatVector.broadcast(FLOATS, 0x1.5554e8p-5f));
      p1 = p1.fma(r1, FloatVector.broadcast(FLOATS, 0x1.5554e8p-5f));
      p0 = p0.fma(r0, FloatVector.broadcast(FLOATS, 0x1.555556p-3f));
      p1 = p1.fma(r1, FloatVector.broadcast(FLOATS, 0x1.555556p-3f));
      p0 = p0.fma(r0, FloatVector.broadcast(FLOATS, 0x1p-1f));
      p1 = p1.fma(r1, FloatVector.broadcast(FLOATS, 0x1p-1f));
      FloatVector y0 = p0.fma(r0.mul(r0), r0).add(1f);
      FloatVector y1 = p1.fma(r1.mul(r1), r1).add(1f);
      IntVector m0 = t0.reinterpretAsInts().lanewise(LSHL, FRACTION);
      IntVector m1 = t1.reinterpretAsInts().lanewise(LSHL, FRACTION);
      FloatVector e0 = y0.reinterpretAsInts().add(m0).reinterpretAsFloats();
      FloatVector e1 = y1.reinterpretAsInts().add(m1).reinterpretAsFloats();
      most = most.lanewise(UMAX, d0.reinterpretAsInts().lanewise(LSHL, 1));
      most = most.lanewise(UMAX, d1.reinterpretAsInts().lanewise(LSHL, 1));
      e0.intoArray(e, eAt + i);
      e1.intoArray(e, eAt + next + i);
      s0 = s0.add(e0);
      s1 = s1.add(e1);
    }
    s0.intoArray(lanes, lane);
    s1.intoArray(lanes, lane + next);
    return most.lanewise(LSHR, 2).reduceLanes(MAX);
  }

  /// e / sum, rounded as [VectorRowMath] does.
  private static void quotients(float[] e, int eAt, float sum, float[] to, int at, int count) {
    float part = 1 / sum;
    float rest = Math.fma(-sum, part, 1f) * part;
    FloatVector high = FloatVector.broadcast(FLOATS, part);
    FloatVector low = FloatVector.broadcast(FLOATS, rest);
    FloatVector minus = FloatVector.broadcast(FLOATS, -sum);
    for (int v = 0; v < count / LANES; v++) {
      FloatVector x = FloatVector.fromArray(FLOATS, e, eAt + LANES * v);
      FloatVector q = x.fma(high, x.mul(low));
      q.fma(minus, x).fma(high, q).intoArray(to, at + LANES * v);
    }
  }
}
