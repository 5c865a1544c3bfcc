package maia.numerics;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Softmax and normalisation of rows in memory, in as few passes as their order of operations
/// allows.
final class VectorRowMath {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();

  /// Differences to the largest up to this have normal exponentials and quotients.
  private static final float RANGE = 60f;

  private VectorRowMath() {}

  static boolean softmax(MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    float[] ends = Scratch.floats(Scratch.Slot.FACTORS, 2 * LANES);
    if (!ends(x, at, count, ends)) {
      return false;
    }
    float max = ends[0];
    float min = ends[LANES];
    for (int i = 1; i < LANES; i++) {
      max = ends[i] > max ? ends[i] : max;
      min = ends[LANES + i] < min ? ends[LANES + i] : min;
    }
    if (!(max - min <= RANGE)) {
      return false;
    }
    float[] e = Scratch.floats(Scratch.Slot.FUNCTION, count);
    float[] lanes = Scratch.floats(Scratch.Slot.LANES, Reduce.LANES);
    Arrays.fill(lanes, 0, Reduce.LANES, 0);
    for (int lane = 0; lane < Reduce.LANES; lane += LANES) {
      exponentials(x, at, max, e, lanes, lane, count);
    }
    float sum = Reduce.tree(lanes);
    quotients(e, sum, out, outAt, count);
    return true;
  }

  /// The largest and smallest of each lane; false where something is not finite.
  private static boolean ends(MemorySegment x, long at, int count, float[] to) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    FloatVector high = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    FloatVector low = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
    IntVector size = IntVector.zero(INTS);
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x, at + 4L * i);
      high = high.blend(v, v.compare(GT, high));
      low = low.blend(v, v.compare(LT, low));
      size = size.max(v.reinterpretAsInts().and(Integer.MAX_VALUE));
    }
    high.intoArray(to, 0);
    low.intoArray(to, LANES);
    return size.reduceLanes(MAX) < Narrow.INFINITY;
  }

  /// Exponentials of every 16th vector's lanes from `lane` on, and their sums.
  private static void exponentials(
      MemorySegment x, long at, float max, float[] e, float[] lanes, int lane, int count) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    FloatVector sum = FloatVector.fromArray(FLOATS, lanes, lane);
    for (int i = lane; i < count; i += Reduce.LANES) {
      FloatVector y = VectorFunctions.exp(load(x, at + 4L * i).sub(max));
      y.intoArray(e, i);
      sum = sum.add(y);
    }
    sum.intoArray(lanes, lane);
  }

  /// e / sum, correctly rounded without dividing: with 1 / sum in two parts the first quotient is
  /// one of the two neighbours of the exact one, and one step with the exact remainder rounds it
  /// (Markstein's theorem; nothing underflows in [#RANGE]).
  static void quotients(float[] e, float sum, MemorySegment out, long outAt, int count) {
    if (out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    float part = 1 / sum;
    float rest = Math.fma(-sum, part, 1f) * part;
    FloatVector high = FloatVector.broadcast(FLOATS, part);
    FloatVector low = FloatVector.broadcast(FLOATS, rest);
    FloatVector minus = FloatVector.broadcast(FLOATS, -sum);
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, e, i);
      FloatVector q = v.fma(high, v.mul(low));
      FloatVector y = q.fma(minus, v).fma(high, q);
      y.intoMemorySegment(out, outAt + 4L * i, ByteOrder.LITTLE_ENDIAN);
    }
  }

  static void squares(MemorySegment x, long at, int count, float shift, float[] lanes) {
    for (int lane = 0; lane < Reduce.LANES; lane += 2 * LANES) {
      squares(x, at, count, shift, lanes, lane, Math.min(lane + LANES, Reduce.LANES - LANES));
    }
  }

  /// Two chains; they may be one.
  private static void squares(
      MemorySegment x, long at, int count, float shift, float[] lanes, int first, int second) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    FloatVector s0 = FloatVector.fromArray(FLOATS, lanes, first);
    FloatVector s1 = FloatVector.fromArray(FLOATS, lanes, second);
    long a = at + 4L * first;
    long b = at + 4L * second;
    for (int i = 0; i < count; i += Reduce.LANES) {
      FloatVector d0 = load(x, a + 4L * i).sub(shift);
      FloatVector d1 = load(x, b + 4L * i).sub(shift);
      s0 = s0.add(d0.mul(d0));
      s1 = s1.add(d1.mul(d1));
    }
    s0.intoArray(lanes, first);
    s1.intoArray(lanes, second);
  }

  static void affine(
      MemorySegment x,
      long at,
      float shift,
      float scale,
      float[] weight,
      float[] bias,
      MemorySegment out,
      long outAt,
      int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      FloatVector y = load(x, at + 4L * i).sub(shift).mul(scale);
      y.mul(FloatVector.fromArray(FLOATS, weight, i))
          .add(FloatVector.fromArray(FLOATS, bias, i))
          .intoMemorySegment(out, outAt + 4L * i, ByteOrder.LITTLE_ENDIAN);
    }
  }

  static void scaled(
      MemorySegment x,
      long at,
      float shift,
      float scale,
      float[] weight,
      MemorySegment out,
      long outAt,
      int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      FloatVector y = load(x, at + 4L * i).sub(shift).mul(scale);
      y.mul(FloatVector.fromArray(FLOATS, weight, i))
          .intoMemorySegment(out, outAt + 4L * i, ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static FloatVector load(MemorySegment x, long at) {
    return FloatVector.fromMemorySegment(FLOATS, x, at, ByteOrder.LITTLE_ENDIAN);
  }
}
