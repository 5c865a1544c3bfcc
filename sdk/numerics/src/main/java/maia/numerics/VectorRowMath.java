package maia.numerics;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.MAX;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Softmax and normalisation of rows in memory, in as few passes as their order of operations
/// allows.
final class VectorRowMath {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /// Differences to the largest up to this have normal exponentials and quotients.
  private static final float RANGE = 60f;

  private VectorRowMath() {}

  /// See [MemoryLoops#softmax]. The largest of the next row is found before the quotients of a row,
  /// which wait for its sum.
  static int softmax(MemorySegment x, long at, MemorySegment out, long outAt, int count, int rows) {
    long step = 4L * count;
    MemorySegment steps = Scratch.steps(VectorExp.STEPS + step);
    float[] lanes = Scratch.floats(Scratch.Slot.LANES, Reduce.LANES);
    float top = largest(x, at, count);
    for (int r = 0; r < rows; r++) {
      long row = at + r * step;
      long next = at + Math.min(r + 1, rows - 1) * step;
      if (WideVectorLoops.suit()) {
        top =
            WideVectorLoops.exponentials(
                x, row, top, RANGE, next, steps, VectorExp.STEPS, lanes, count);
      } else {
        Arrays.fill(lanes, 0, Reduce.LANES, 0);
        boolean isNormal = exponentials(x, row, top, steps, lanes, count);
        top = isNormal ? largest(x, next, count) : Float.NaN;
      }
      float sum = Reduce.tree(lanes);
      if (Float.isNaN(top) || Float.isNaN(sum)) {
        return r;
      }
      quotients(steps, VectorExp.STEPS, sum, out, outAt + r * step, count);
    }
    return rows;
  }

  /// e^(x - top) to `steps` behind [VectorExp#STEPS], and their sums.
  private static boolean exponentials(
      MemorySegment x, long at, float top, MemorySegment steps, float[] lanes, int count) {
    for (int done = 0; done < count; done += VectorExp.STRETCH) {
      int size = Math.min(VectorExp.STRETCH, count - done);
      if (!VectorExp.ofDifference(x, at + 4L * done, top, RANGE, steps, size)) {
        return false;
      }
      VectorExp.finish(steps, steps, VectorExp.STEPS + 4L * done, lanes, size);
    }
    return true;
  }

  /// The largest element, of two zeros either; NaN is passed over.
  private static float largest(MemorySegment x, long at, int count) {
    float top = Float.NEGATIVE_INFINITY;
    for (int lane = 0; lane < Reduce.LANES; lane += 2 * LANES) {
      long second = at + 4L * Math.min(lane + LANES, Reduce.LANES - LANES);
      top = Math.max(top, largest(x, at + 4L * lane, second, count));
    }
    return top;
  }

  /// Two chains; they may be one.
  private static float largest(MemorySegment x, long a, long b, int count) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    FloatVector s0 = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    FloatVector s1 = s0;
    for (int v = 0; v < count / Reduce.LANES; v++) {
      long at = 4L * Reduce.LANES * v;
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, a + at, ORDER);
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, b + at, ORDER);
      s0 = s0.blend(x0, x0.compare(GT, s0));
      s1 = s1.blend(x1, x1.compare(GT, s1));
    }
    return s0.blend(s1, s1.compare(GT, s0)).reduceLanes(MAX);
  }

  /// e / sum, correctly rounded without dividing: with 1 / sum in two parts the first quotient is
  /// one of the two neighbours of the exact one, and one step with the exact remainder rounds it
  /// (Markstein's theorem; nothing underflows in [#RANGE]).
  static void quotients(
      MemorySegment e, long at, float sum, MemorySegment out, long outAt, int count) {
    if (e.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    float part = 1 / sum;
    float rest = Math.fma(-sum, part, 1f) * part;
    FloatVector high = FloatVector.broadcast(FLOATS, part);
    FloatVector low = FloatVector.broadcast(FLOATS, rest);
    FloatVector minus = FloatVector.broadcast(FLOATS, -sum);
    for (int i = 0; i < count / LANES; i++) {
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, e, at + 4L * LANES * i, ORDER);
      FloatVector q = v.fma(high, v.mul(low));
      q.fma(minus, v).fma(high, q).intoMemorySegment(out, outAt + 4L * LANES * i, ORDER);
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
    for (int v = 0; v < count / Reduce.LANES; v++) {
      long i = 4L * Reduce.LANES * v;
      FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, x, a + i, ORDER).sub(shift);
      FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, x, b + i, ORDER).sub(shift);
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
    for (int v = 0; v < count / LANES; v++) {
      FloatVector.fromMemorySegment(FLOATS, x, at + 4L * LANES * v, ORDER)
          .sub(shift)
          .mul(scale)
          .mul(FloatVector.fromArray(FLOATS, weight, LANES * v))
          .add(FloatVector.fromArray(FLOATS, bias, LANES * v))
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
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
    for (int v = 0; v < count / LANES; v++) {
      FloatVector.fromMemorySegment(FLOATS, x, at + 4L * LANES * v, ORDER)
          .sub(shift)
          .mul(scale)
          .mul(FloatVector.fromArray(FLOATS, weight, LANES * v))
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
    }
  }
}
