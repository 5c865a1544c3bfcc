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

  /// See [Tile#areFinite].
  static boolean areFinite(float[] x, int at, int count) {
    IntVector most = IntVector.zero(INTS);
    for (int v = 0; v < count / LANES; v++) {
      IntVector bits = FloatVector.fromArray(FLOATS, x, at + LANES * v).reinterpretAsInts();
      most = most.lanewise(UMAX, bits.lanewise(LSHL, 1));
    }
    return most.lanewise(LSHR, 1).reduceLanes(MAX) < Narrow.INFINITY;
  }

  /// Multiplies by `scale` and returns the largest, of two zeros either; NaN is passed over.
  private static float scaled(float[] x, int at, int count, float scale) {
    int stride = 2 * LANES;
    int pairs = count / stride;
    float top = scaled(x, at, at + LANES, pairs, scale);
    if (pairs * stride < count) {
      int last = at + pairs * stride;
      top = Math.max(top, scaled(x, last, last, 1, scale));
    }
    return top;
  }

  /// Two chains, of every other vector each; they may be one vector.
  private static float scaled(float[] x, int a, int b, int pairs, float scale) {
    FloatVector s0 = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    FloatVector s1 = s0;
    for (int v = 0; v < pairs; v++) {
      int i = 2 * LANES * v;
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
    int most = 0;
    for (int i = 0; i < Reduce.LANES; i += LANES) {
      int own = chain(x, at + i, top, e, eAt + i, lanes, first + i, groups);
      most = Math.max(most, own);
    }
    return most;
  }

  /// Those of one vector of each 16 elements: two are more than C2 takes in one loop without making
  /// objects.
  private static int chain(
      float[] x, int at, float top, float[] e, int eAt, float[] lanes, int lane, int groups) {
    FloatVector sum = FloatVector.fromArray(FLOATS, lanes, lane);
    IntVector most = IntVector.zero(INTS);
    for (int v = 0; v < groups; v++) {
      int i = Reduce.LANES * v;
      FloatVector d = FloatVector.fromArray(FLOATS, x, at + i).sub(top);
      most = most.lanewise(UMAX, d.reinterpretAsInts().lanewise(LSHL, 1));
      FloatVector t =
          d.fma(
              FloatVector.broadcast(FLOATS, Fmath.LOG2_E),
              FloatVector.broadcast(FLOATS, Fmath.ROUND));
      FloatVector n = t.sub(Fmath.ROUND);
      FloatVector r =
          n.fma(
              FloatVector.broadcast(FLOATS, -Fmath.LN2_LOW),
              n.fma(FloatVector.broadcast(FLOATS, -Fmath.LN2_HIGH), d));
      FloatVector p =
          FloatVector.broadcast(FLOATS, 0x1.a12652p-13f)
              .fma(r, FloatVector.broadcast(FLOATS, 0x1.6d44b2p-10f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.1110ep-7f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.5554e8p-5f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.555556p-3f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1p-1f));
      IntVector power = t.reinterpretAsInts().lanewise(LSHL, FRACTION);
      IntVector y = p.fma(r.mul(r), r).add(1f).reinterpretAsInts();
      FloatVector result = y.add(power).reinterpretAsFloats();
      result.intoArray(e, eAt + i);
      sum = sum.add(result);
    }
    sum.intoArray(lanes, lane);
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
