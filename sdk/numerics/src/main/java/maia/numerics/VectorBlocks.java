package maia.numerics;

import static jdk.incubator.vector.VectorOperators.I2B;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Quantizing blocks whose scales are powers of two, in one pass over memory: while the codes of a
/// part of two vectors are made, the largest magnitude of a part further on is found, so that
/// reading overlaps with arithmetic. Scales are made in between, of many blocks at once. Codes of
/// less than 8 bits are packed by [CodePacking] afterwards.
///
/// The expression stands in the loop: a helper that C2 has compiled by itself before is not always
/// inlined, and then takes and returns vectors as objects (decision 072). It stands there for two
/// vectors: four of them are as much as C2 inlines (decision 077).
final class VectorBlocks {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  static final int LANES = INTS.length();

  /// The binary logarithm of the lanes.
  static final int SHIFT = Integer.numberOfTrailingZeros(LANES);

  /// As many bytes as a vector has integers; the only shape of vectors of bytes.
  static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Byte.SIZE * LANES)));

  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  static final int SIZE = Integer.MAX_VALUE;
  static final int STEP = Float.BYTES * LANES;

  private static final long[] UPPER_LANES = {0xaaaa, 0xcccc, 0xf0f0, 0xff00};

  /// Lanes that are 1, 2, 4, ... apart change places.
  private static final List<VectorShuffle<Integer>> SWAPS =
      IntStream.range(0, SHIFT)
          .mapToObj(round -> VectorShuffle.fromOp(INTS, i -> i ^ 1 << round))
          .toList();

  /// The upper of such lanes.
  private static final List<VectorMask<Integer>> UPPER =
      IntStream.range(0, SHIFT)
          .mapToObj(round -> VectorMask.fromLong(INTS, UPPER_LANES[round]))
          .toList();

  /// Elements of a part.
  static final int PART = 2 * LANES;

  private static final int HIDDEN = 1 << Narrow.FRACTION;
  private static final int ORDINARY = 127 << Narrow.FRACTION;
  static final int DOWN = Integer.SIZE - Byte.SIZE;
  private static final int E8M0_FACTOR = 254;
  private static final float SIXTY_FOURTHS = Fmath.ROUND / 64;
  private static final int MOST = 127;

  private VectorBlocks() {}

  static int largest(MemorySegment x, long at, int count) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector most = IntVector.zero(INTS);
    for (int v = 0; v < count / LANES; v++) {
      most = most.max(IntVector.fromMemorySegment(INTS, x, at + (long) STEP * v, ORDER).and(SIZE));
    }
    return most.reduceLanes(MAX);
  }

  /// See [BlockLoops#parts].
  static void largest(MemorySegment x, long at, int parts, int[] to) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int p = 0; p < parts; p++) {
      long from = at + 2L * STEP * p;
      IntVector x0 = IntVector.fromMemorySegment(INTS, x, from, ORDER);
      IntVector x1 = IntVector.fromMemorySegment(INTS, x, from + STEP, ORDER);
      x0.and(SIZE).max(x1.and(SIZE)).intoArray(to, LANES * p);
    }
  }

  /// See [BlockLoops#join].
  static void join(int[] largest, int each, int blocks) {
    for (int b = 0; each > 1 && b < blocks; b++) {
      IntVector most = IntVector.fromArray(INTS, largest, LANES * each * b);
      for (int p = 1; p < each; p++) {
        most = most.max(IntVector.fromArray(INTS, largest, LANES * (each * b + p)));
      }
      most.intoArray(largest, LANES * b);
    }
    int vectors = blocks + LANES - 1 >> SHIFT;
    Arrays.fill(largest, LANES * blocks, LANES * LANES * vectors, ORDINARY);
    for (int round = 0; round < SHIFT; round++) {
      halve(largest, vectors << SHIFT - 1 - round, SWAPS.get(round), UPPER.get(round));
    }
  }

  /// Makes one vector of two: a lane becomes the largest of itself and the lane it is swapped with,
  /// those of `upper` from the second vector. After all rounds a lane is the largest of a vector.
  private static void halve(
      int[] x, int vectors, VectorShuffle<Integer> swap, VectorMask<Integer> upper) {
    for (int v = 0; v < vectors; v++) {
      IntVector first = IntVector.fromArray(INTS, x, 2 * LANES * v);
      IntVector second = IntVector.fromArray(INTS, x, 2 * LANES * v + LANES);
      IntVector own = first.blend(second, upper);
      IntVector other = first.rearrange(swap).blend(second.rearrange(swap), upper);
      own.max(other).intoArray(x, LANES * v);
    }
  }

  /// See [BlockLoops#powers].
  static boolean powers(int[] largest, int blocks, Powers rule, byte[] codes, float[] factors) {
    int mask = rule.mask();
    int add = rule.add();
    int less = rule.less();
    IntVector least = IntVector.broadcast(INTS, SIZE);
    IntVector most = IntVector.zero(INTS);
    for (int v = 0; v < blocks + LANES - 1 >> SHIFT; v++) {
      IntVector size = IntVector.fromArray(INTS, largest, LANES * v);
      IntVector exponent = size.and(mask).add(add).lanewise(LSHR, Narrow.FRACTION);
      IntVector code = exponent.sub(less).max(0);
      ((ByteVector) code.convertShape(I2B, BYTES, 0)).intoArray(codes, LANES * v);
      IntVector factor = IntVector.broadcast(INTS, E8M0_FACTOR).sub(code);
      factor.lanewise(LSHL, Narrow.FRACTION).reinterpretAsFloats().intoArray(factors, LANES * v);
      least = least.min(size.sub(1).and(SIZE)); // zero is ordinary
      most = most.max(size);
    }
    return least.reduceLanes(MIN) >= HIDDEN - 1 && most.reduceLanes(MAX) < BlockLoops.ORDINARY;
  }

  /// Codes of `bits` bits, each in the upper bits of a byte; see [BlockLoops#codes].
  static void codes(
      Narrow format,
      int bits,
      MemorySegment x,
      long at,
      int parts,
      float[] factors,
      int shift,
      MemorySegment out,
      long outAt,
      long ahead,
      int[] next) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int addend = format.addend();
    int joint = format.joint(bits);
    for (int p = 0; p < parts; p++) {
      long later = ahead + 2L * STEP * p;
      IntVector n0 = IntVector.fromMemorySegment(INTS, x, later, ORDER);
      IntVector n1 = IntVector.fromMemorySegment(INTS, x, later + STEP, ORDER);
      n0.and(SIZE).max(n1.and(SIZE)).intoArray(next, LANES * p);
      FloatVector factor = FloatVector.broadcast(FLOATS, factors[p >>> shift]);
      long from = at + 2L * STEP * p;
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, from, ORDER);
      IntVector bits0 = x0.mul(factor).reinterpretAsInts();
      IntVector near0 = bits0.and(SIZE).min(limit);
      IntVector magic0 = near0.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum0 = near0.reinterpretAsFloats().add(magic0.reinterpretAsFloats());
      IntVector code0 = sum0.reinterpretAsInts().mul(joint).or(bits0.and(Integer.MIN_VALUE));
      ((ByteVector) code0.lanewise(LSHR, DOWN).convertShape(I2B, BYTES, 0))
          .intoMemorySegment(out, outAt + 2L * LANES * p, ORDER);
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, from + STEP, ORDER);
      IntVector bits1 = x1.mul(factor).reinterpretAsInts();
      IntVector near1 = bits1.and(SIZE).min(limit);
      IntVector magic1 = near1.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum1 = near1.reinterpretAsFloats().add(magic1.reinterpretAsFloats());
      IntVector code1 = sum1.reinterpretAsInts().mul(joint).or(bits1.and(Integer.MIN_VALUE));
      ((ByteVector) code1.lanewise(LSHR, DOWN).convertShape(I2B, BYTES, 0))
          .intoMemorySegment(out, outAt + 2L * LANES * p + LANES, ORDER);
    }
  }

  /// Codes in 64ths, which are the last place of the sum; see [BlockLoops#integers].
  static void integers(
      MemorySegment x,
      long at,
      int parts,
      float[] factors,
      int shift,
      MemorySegment out,
      long outAt,
      long ahead,
      int[] next) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int zero = Float.floatToRawIntBits(SIXTY_FOURTHS);
    for (int p = 0; p < parts; p++) {
      long later = ahead + 2L * STEP * p;
      IntVector n0 = IntVector.fromMemorySegment(INTS, x, later, ORDER);
      IntVector n1 = IntVector.fromMemorySegment(INTS, x, later + STEP, ORDER);
      n0.and(SIZE).max(n1.and(SIZE)).intoArray(next, LANES * p);
      FloatVector factor = FloatVector.broadcast(FLOATS, factors[p >>> shift]);
      long from = at + 2L * STEP * p;
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, from, ORDER);
      IntVector sum0 = x0.mul(factor).add(SIXTY_FOURTHS).reinterpretAsInts();
      ((ByteVector) sum0.max(zero - MOST).min(zero + MOST).convertShape(I2B, BYTES, 0))
          .intoMemorySegment(out, outAt + 2L * LANES * p, ORDER);
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, from + STEP, ORDER);
      IntVector sum1 = x1.mul(factor).add(SIXTY_FOURTHS).reinterpretAsInts();
      ((ByteVector) sum1.max(zero - MOST).min(zero + MOST).convertShape(I2B, BYTES, 0))
          .intoMemorySegment(out, outAt + 2L * LANES * p + LANES, ORDER);
    }
  }
}
