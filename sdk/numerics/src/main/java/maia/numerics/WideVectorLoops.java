package maia.numerics;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.UMAX;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Loops around an exponential for vectors of 16 elements: fewer than [VectorFunctions] and
/// [VectorExp] have for eight, so that the first and the last, which read and write memory, compute
/// meanwhile (decision 079). The same operations on each element in the same order.
final class WideVectorLoops {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int SIGN = Integer.MIN_VALUE;
  private static final int FRACTION = 23;
  private static final long REST = VectorExp.REST;

  /// [Fmath#ROUND] and the bias of exponents: the low bits of a sum with it, moved to the exponent,
  /// are the power of two. It is odd, so ties would round the other way, but there are none: with
  /// the odd significand of [Fmath#LOG2_E] they begin at 6,051,101.5.
  private static final float POWER = Fmath.ROUND + 127;

  private WideVectorLoops() {}

  /// Whether a vector holds the 16 lanes of reductions.
  static boolean suit() {
    return LANES == Reduce.LANES;
  }

  /// e^x to `out`, which is not `x`. Returns whether the magnitudes are at most [VectorExp#NORMAL];
  /// if not, there may be anything in `out`.
  static boolean exp(MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector most = IntVector.zero(INTS);
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER);
      most = most.lanewise(MAX, d.reinterpretAsInts().and(~SIGN));
      FloatVector t =
          d.fma(FloatVector.broadcast(FLOATS, Fmath.LOG2_E), FloatVector.broadcast(FLOATS, POWER));
      FloatVector n = t.sub(POWER);
      FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -Fmath.LN2_HIGH), d);
      r = n.fma(FloatVector.broadcast(FLOATS, -Fmath.LN2_LOW), r);
      FloatVector p =
          FloatVector.broadcast(FLOATS, 0x1.a12652p-13f)
              .fma(r, FloatVector.broadcast(FLOATS, 0x1.6d44b2p-10f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.1110ep-7f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.5554e8p-5f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.555556p-3f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1p-1f));
      FloatVector power = t.reinterpretAsInts().lanewise(LSHL, FRACTION).reinterpretAsFloats();
      p.fma(r.mul(r), r).fma(power, power).intoMemorySegment(out, outAt + i, ORDER);
    }
    return most.reduceLanes(MAX) <= Float.floatToRawIntBits(VectorExp.NORMAL);
  }

  /// e^(x - top) of a row to `out`, and their sums to the 16 `lanes`, where `top` is the largest of
  /// the numbers in the row; a NaN in the row is in a sum or in what is returned. Returns the
  /// largest element of the row at `next`, of two zeros either, passing over NaN; or NaN when a
  /// difference is above `limit`: as unsigned integers the bits of numbers that are not positive
  /// grow with their size.
  static float exponentials(
      MemorySegment x,
      long at,
      float top,
      float limit,
      long next,
      MemorySegment out,
      long outAt,
      float[] lanes,
      int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector most = IntVector.zero(INTS);
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector largest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector ahead = FloatVector.fromMemorySegment(FLOATS, x, next + i, ORDER);
      largest = largest.blend(ahead, ahead.compare(GT, largest));
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER).sub(top);
      most = most.lanewise(UMAX, d.reinterpretAsInts());
      FloatVector t =
          d.fma(FloatVector.broadcast(FLOATS, Fmath.LOG2_E), FloatVector.broadcast(FLOATS, POWER));
      FloatVector n = t.sub(POWER);
      FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -Fmath.LN2_HIGH), d);
      r = n.fma(FloatVector.broadcast(FLOATS, -Fmath.LN2_LOW), r);
      FloatVector p =
          FloatVector.broadcast(FLOATS, 0x1.a12652p-13f)
              .fma(r, FloatVector.broadcast(FLOATS, 0x1.6d44b2p-10f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.1110ep-7f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.5554e8p-5f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.555556p-3f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1p-1f));
      FloatVector power = t.reinterpretAsInts().lanewise(LSHL, FRACTION).reinterpretAsFloats();
      FloatVector e = p.fma(r.mul(r), r).fma(power, power);
      e.intoMemorySegment(out, outAt + i, ORDER);
      sum = sum.add(e);
    }
    sum.intoArray(lanes, 0);
    boolean isNormal = most.and(~SIGN).reduceLanes(MAX) <= Float.floatToRawIntBits(limit);
    return isNormal ? largest.reduceLanes(MAX) : Float.NaN;
  }

  /// Prepares the exponential in erf(x / sqrt 2) of large arguments; NaN becomes a number.
  static void erfExponents(MemorySegment x, long at, MemorySegment steps, int count) {
    if (x.getClass() != Direct.KIND || steps.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector a =
          FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER)
              .mul(Function.ONE_OVER_ROOT_TWO)
              .reinterpretAsInts()
              .and(~SIGN)
              .min(VectorFunctions.ERF_ONE)
              .reinterpretAsFloats();
      FloatVector p =
          FloatVector.broadcast(FLOATS, -0x1.4bbb02p-22f)
              .fma(a, FloatVector.broadcast(FLOATS, 0x1.567b72p-18f));
      p = p.fma(a, FloatVector.broadcast(FLOATS, -0x1.295b5p-16f));
      p = p.fma(a, FloatVector.broadcast(FLOATS, -0x1.0a35fap-12f));
      p = p.fma(a, FloatVector.broadcast(FLOATS, 0x1.d8cd92p-9f));
      p = p.fma(a, FloatVector.broadcast(FLOATS, -0x1.87d53p-6f));
      p = p.fma(a, FloatVector.broadcast(FLOATS, 0x1.b479a6p-4f));
      p = p.fma(a, FloatVector.broadcast(FLOATS, 0x1.451192p-1f));
      p = p.fma(a, FloatVector.broadcast(FLOATS, 0x1.20f3c6p0f));
      FloatVector d = p.mul(a);
      FloatVector t =
          d.fma(FloatVector.broadcast(FLOATS, -Fmath.LOG2_E), FloatVector.broadcast(FLOATS, POWER));
      FloatVector n = t.sub(POWER);
      FloatVector r = n.fma(FloatVector.broadcast(FLOATS, Fmath.LN2_HIGH), d);
      t.intoMemorySegment(steps, i, ORDER);
      n.fma(FloatVector.broadcast(FLOATS, Fmath.LN2_LOW), r)
          .intoMemorySegment(steps, REST + i, ORDER);
    }
  }

  /// The exponential that [#erfExponents] has prepared, erf, and x / 2 * (erf + 1); NaN goes the
  /// way of small arguments.
  ///
  /// Three steps are others than in [Fmath] and round to the same numbers: the series of the
  /// exponential is doubled and negated, so that one multiplication with half the power of two,
  /// which is exact, and one addition make 1 - e^d in one; erf + 1 is halved instead of x. Only
  /// subnormal numbers are not exactly half of others, and x / 2 is one only where erf + 1 is 1.
  static void gelu(
      MemorySegment x, long at, MemorySegment steps, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND
        || steps.getClass() != Direct.KIND
        || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector r = FloatVector.fromMemorySegment(FLOATS, steps, REST + i, ORDER);
      FloatVector p =
          FloatVector.broadcast(FLOATS, 0x1.a12652p-13f)
              .fma(r, FloatVector.broadcast(FLOATS, -0x1.6d44b2p-10f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.1110ep-7f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, -0x1.5554e8p-5f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.555556p-3f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, -0x1p-1f));
      FloatVector minus = p.fma(r.mul(r), r).sub(1f);
      FloatVector power =
          FloatVector.fromMemorySegment(FLOATS, steps, i, ORDER)
              .reinterpretAsInts()
              .lanewise(LSHL, FRACTION)
              .reinterpretAsFloats();
      IntVector large = minus.fma(power, FloatVector.broadcast(FLOATS, 1f)).reinterpretAsInts();
      FloatVector g = FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER);
      FloatVector z = g.mul(Function.ONE_OVER_ROOT_TWO);
      FloatVector s = z.mul(z);
      FloatVector q =
          FloatVector.broadcast(FLOATS, 0x1.5d955cp-14f)
              .fma(s, FloatVector.broadcast(FLOATS, -0x1.aa7e38p-11f));
      q = q.fma(s, FloatVector.broadcast(FLOATS, 0x1.54cfb6p-8f));
      q = q.fma(s, FloatVector.broadcast(FLOATS, -0x1.b80f72p-6f));
      q = q.fma(s, FloatVector.broadcast(FLOATS, 0x1.ce2e14p-4f));
      q = q.fma(s, FloatVector.broadcast(FLOATS, -0x1.812744p-2f));
      q = q.fma(s, FloatVector.broadcast(FLOATS, 0x1.06eba8p-3f));
      FloatVector near = q.fma(z, z);
      FloatVector far = large.or(z.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
      FloatVector erf = near.blend(far, s.compare(GE, VectorFunctions.ERF_SMALL_SQUARE));
      FloatVector part =
          erf.fma(FloatVector.broadcast(FLOATS, 0.5f), FloatVector.broadcast(FLOATS, 0.5f));
      g.mul(part).intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  /// The exponential that [VectorExp#ofNegativeSize] has prepared, and x / (1 + e^-x).
  static void silu(
      MemorySegment x, long at, MemorySegment steps, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND
        || steps.getClass() != Direct.KIND
        || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector r = FloatVector.fromMemorySegment(FLOATS, steps, REST + i, ORDER);
      FloatVector p =
          FloatVector.broadcast(FLOATS, 0x1.a12652p-13f)
              .fma(r, FloatVector.broadcast(FLOATS, -0x1.6d44b2p-10f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.1110ep-7f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, -0x1.5554e8p-5f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0x1.555556p-3f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, -0x1p-1f));
      FloatVector y = FloatVector.broadcast(FLOATS, 1f).sub(p.fma(r.mul(r), r));
      FloatVector e =
          FloatVector.fromMemorySegment(FLOATS, steps, i, ORDER)
              .reinterpretAsInts()
              .lanewise(LSHL, FRACTION)
              .add(y.reinterpretAsInts())
              .reinterpretAsFloats();
      FloatVector w = FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER);
      FloatVector top = FloatVector.broadcast(FLOATS, 1f).blend(e, w.compare(LT, 0f));
      w.mul(top.div(e.add(1f))).intoMemorySegment(out, outAt + i, ORDER);
    }
  }
}
