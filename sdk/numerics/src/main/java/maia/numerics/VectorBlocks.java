package maia.numerics;

import static jdk.incubator.vector.VectorOperators.I2B;
import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;
import static jdk.incubator.vector.VectorOperators.S2B;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Quantizing on vectors of 256 bits, which hold whole numbers of packed codes and of blocks. The
/// expression stands in the loop: a helper that C2 has compiled by itself before is not always
/// inlined, and then takes and returns vectors as objects.
final class VectorBlocks {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_64;
  private static final VectorSpecies<Byte> BYTES_128 = ByteVector.SPECIES_128;
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_128;

  /// The lower three bytes of each four, and the rest behind them.
  private static final VectorShuffle<Byte> TRIPLES =
      VectorShuffle.fromOp(BYTES_128, i -> i < 12 ? i / 3 * 4 + i % 3 : (i - 12) * 4 + 3);

  /// The lower bytes of shorts, and the upper bytes behind them.
  private static final VectorShuffle<Byte> TURNED =
      VectorShuffle.fromOp(BYTES_128, i -> i % 8 * 2 + i / 8);

  private static final int LANES = 8;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int LOADED = 4 * LANES;
  private static final int SIZE = Integer.MAX_VALUE;
  private static final int HIDDEN = 1 << Narrow.FRACTION;

  private static final int E8M0_FACTOR = 254;
  private static final float SIXTY_FOURTHS = Fmath.ROUND / 64;
  private static final int MOST = 127;

  private VectorBlocks() {}

  static void largestOf16(MemorySegment x, long at, int blocks, int[] to) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int b = 0; b < blocks; b++) {
      IntVector x0 = IntVector.fromMemorySegment(INTS, x, at + 64L * b, ORDER);
      IntVector x1 = IntVector.fromMemorySegment(INTS, x, at + 64L * b + LOADED, ORDER);
      to[b] = x0.and(SIZE).max(x1.and(SIZE)).reduceLanes(MAX);
    }
  }

  static void largestOf32(MemorySegment x, long at, int blocks, int[] to) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int b = 0; b < blocks; b++) {
      IntVector x0 = IntVector.fromMemorySegment(INTS, x, at + 128L * b, ORDER);
      IntVector x1 = IntVector.fromMemorySegment(INTS, x, at + 128L * b + LOADED, ORDER);
      IntVector x2 = IntVector.fromMemorySegment(INTS, x, at + 128L * b + 2 * LOADED, ORDER);
      IntVector x3 = IntVector.fromMemorySegment(INTS, x, at + 128L * b + 3 * LOADED, ORDER);
      IntVector low = x0.and(SIZE).max(x1.and(SIZE));
      IntVector high = x2.and(SIZE).max(x3.and(SIZE));
      to[b] = low.max(high).reduceLanes(MAX);
    }
  }

  static int largest(MemorySegment x, long at, int count) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector low = IntVector.zero(INTS);
    IntVector high = IntVector.zero(INTS);
    for (int v = 0; v < count >> 4; v++) {
      IntVector x0 = IntVector.fromMemorySegment(INTS, x, at + 64L * v, ORDER);
      IntVector x1 = IntVector.fromMemorySegment(INTS, x, at + 64L * v + LOADED, ORDER);
      low = low.max(x0.and(SIZE));
      high = high.max(x1.and(SIZE));
    }
    return low.max(high).reduceLanes(MAX);
  }

  static boolean powers(
      int[] largest, int blocks, int add, int less, byte[] codes, int codesAt, float[] factors) {
    IntVector least = IntVector.broadcast(INTS, Integer.MAX_VALUE);
    IntVector most = IntVector.zero(INTS);
    for (int b = 0; b < blocks; b += LANES) {
      IntVector size = IntVector.fromArray(INTS, largest, b);
      least = least.min(size.sub(1).and(Integer.MAX_VALUE)); // zero is ordinary
      most = most.max(size);
      IntVector code = size.add(add).lanewise(LSHR, Narrow.FRACTION).sub(less).max(0);
      ((ByteVector) code.convertShape(I2B, BYTES, 0)).intoArray(codes, codesAt + b);
      IntVector factor = IntVector.broadcast(INTS, E8M0_FACTOR).sub(code);
      factor.lanewise(LSHL, Narrow.FRACTION).reinterpretAsFloats().intoArray(factors, b);
    }
    return least.reduceLanes(MIN) >= HIDDEN - 1 && most.reduceLanes(MAX) < BlockLoops.ORDINARY;
  }

  static boolean fractions(
      Narrow scale,
      int[] largest,
      int blocks,
      float element,
      float tensorScale,
      byte[] codes,
      int codesAt,
      float[] divisors) {
    int limit = Float.floatToRawIntBits(scale.largestValue());
    int low = scale.lowest() << Narrow.FRACTION;
    int down = Narrow.FRACTION - scale.fractionBits();
    int up = down << Narrow.FRACTION;
    int smallest = low - (scale.fractionBits() << Narrow.FRACTION);
    IntVector least = IntVector.broadcast(INTS, Integer.MAX_VALUE);
    IntVector most = IntVector.zero(INTS);
    for (int b = 0; b < blocks; b += LANES) {
      IntVector size = IntVector.fromArray(INTS, largest, b);
      most = most.max(size);
      FloatVector x = size.reinterpretAsFloats().div(element).div(tensorScale);
      IntVector near = x.reinterpretAsInts().min(limit);
      IntVector exponent = near.and(Narrow.INFINITY).max(low);
      IntVector magic = exponent.add(up);
      FloatVector sum = near.reinterpretAsFloats().add(magic.reinterpretAsFloats());
      IntVector kept = sum.reinterpretAsInts().sub(magic);
      IntVector code = kept.add(exponent.sub(low).lanewise(LSHR, down)).max(1);
      IntVector value = sum.sub(magic.reinterpretAsFloats()).reinterpretAsInts().max(smallest);
      ((ByteVector) code.convertShape(I2B, BYTES, 0)).intoArray(codes, codesAt + b);
      FloatVector divisor = value.reinterpretAsFloats().mul(tensorScale);
      least = least.min(size).min(divisor.reinterpretAsInts());
      divisor.intoArray(divisors, b);
    }
    return least.reduceLanes(MIN) >= HIDDEN && most.reduceLanes(MAX) < BlockLoops.ORDINARY;
  }

  /// Codes of products, 16 at a time; a negative NaN gets a sign that it should not have.
  ///
  /// An addend is the exponent of a magnitude, raised: as numbers, both add up to the magnitude
  /// rounded to the format's last place, which is the last place of the sum. The addend's fraction
  /// takes off by how much exponents of sums exceed those of codes; it is even, so ties go to even
  /// codes. Multiplying brings the exponent down upon the fraction and both, the code, to the top.
  static int products(
      Narrow format,
      MemorySegment x,
      long at,
      long next,
      int count,
      int shift,
      float[] factors,
      MemorySegment out,
      long outAt) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(format.sign());
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int down = Narrow.FRACTION - format.fractionBits();
    int over = format.lowest() + down << format.fractionBits();
    int addend = (down << Narrow.FRACTION) + (-over & 0xff);
    int joint = (1 << Integer.SIZE - bits) + (1 << Byte.SIZE + 1 - bits + format.fractionBits());
    IntVector touched = IntVector.zero(INTS);
    for (int v = 0; v < count >> 4; v++) {
      touched = touched.or(IntVector.fromMemorySegment(INTS, x, next + 64L * v, ORDER));
      FloatVector factor = FloatVector.broadcast(FLOATS, factors[v >>> shift - 4]);
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, at + 64L * v, ORDER);
      IntVector bits0 = x0.mul(factor).reinterpretAsInts();
      IntVector near0 = bits0.and(SIZE).min(limit);
      IntVector magic0 = near0.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum0 = near0.reinterpretAsFloats().add(magic0.reinterpretAsFloats());
      IntVector code0 = sum0.reinterpretAsInts().mul(joint).or(bits0.and(Integer.MIN_VALUE));
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, at + 64L * v + LOADED, ORDER);
      IntVector bits1 = x1.mul(factor).reinterpretAsInts();
      IntVector near1 = bits1.and(SIZE).min(limit);
      IntVector magic1 = near1.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum1 = near1.reinterpretAsFloats().add(magic1.reinterpretAsFloats());
      IntVector code1 = sum1.reinterpretAsInts().mul(joint).or(bits1.and(Integer.MIN_VALUE));
      IntVector low0 = code0.lanewise(LSHR, Integer.SIZE - bits);
      IntVector both = low0.or(code1.lanewise(LSHR, Integer.SIZE - Byte.SIZE - bits));
      ShortVector pairs = (ShortVector) both.convertShape(I2S, SHORTS, 0);
      pairs.reinterpretAsBytes().rearrange(TURNED).intoMemorySegment(out, outAt + 16L * v, ORDER);
    }
    return touched.lane(0);
  }

  /// Quotients of fp32.
  static int quotients(
      MemorySegment x,
      long at,
      long next,
      int count,
      int shift,
      float[] divisors,
      MemorySegment out,
      long outAt) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector touched = IntVector.zero(INTS);
    for (int v = 0; v < count >> 3; v++) {
      touched = touched.or(IntVector.fromMemorySegment(INTS, x, next + 32L * v, ORDER));
      FloatVector.fromMemorySegment(FLOATS, x, at + 32L * v, ORDER)
          .div(divisors[v >>> shift - 3])
          .intoMemorySegment(out, outAt + 32L * v, ORDER);
    }
    return touched.lane(0);
  }

  /// Codes of products in 64ths, which are the last place of the sum.
  static int integers(
      MemorySegment x,
      long at,
      long next,
      int count,
      int shift,
      float[] factors,
      MemorySegment out,
      long outAt) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int zero = Float.floatToRawIntBits(SIXTY_FOURTHS);
    IntVector touched = IntVector.zero(INTS);
    for (int v = 0; v < count >> 3; v++) {
      touched = touched.or(IntVector.fromMemorySegment(INTS, x, next + 32L * v, ORDER));
      FloatVector y = FloatVector.fromMemorySegment(FLOATS, x, at + 32L * v, ORDER);
      FloatVector sum = y.mul(factors[v >>> shift - 3]).add(SIXTY_FOURTHS);
      IntVector code = sum.reinterpretAsInts().max(zero - MOST).min(zero + MOST);
      ((ByteVector) code.convertShape(I2B, BYTES, 0)).intoMemorySegment(out, outAt + 8L * v, ORDER);
    }
    return touched.lane(0);
  }

  /// Two codes to a byte; `count` is a multiple of 16.
  static void nibbles(MemorySegment codes, long at, int count, MemorySegment out, long outAt) {
    if (codes.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count >> 4; v++) {
      ByteVector ones = ByteVector.fromMemorySegment(BYTES_128, codes, at + 16L * v, ORDER);
      ShortVector pairs = ones.reinterpretAsShorts();
      ShortVector both = pairs.or(pairs.lanewise(LSHR, 4));
      ((ByteVector) both.convertShape(S2B, BYTES, 0)).intoMemorySegment(out, outAt + 8L * v, ORDER);
    }
  }

  /// Four codes to three bytes; `count` is a multiple of 16. A step writes four bytes more than it
  /// has, which the next one replaces; so the last takes another way.
  static void sixes(MemorySegment codes, long at, int count, MemorySegment out, long outAt) {
    if (codes.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int last = (count >> 4) - 1;
    for (int v = 0; v < last; v++) {
      ByteVector ones = ByteVector.fromMemorySegment(BYTES_128, codes, at + 16L * v, ORDER);
      IntVector fours = ones.reinterpretAsInts();
      IntVector twelve = fours.and(0x003f003f).or(fours.lanewise(LSHR, 2).and(0x0fc00fc0));
      IntVector whole = twelve.and(0xfff).or(twelve.lanewise(LSHR, 4).and(0xfff000));
      whole.reinterpretAsBytes().rearrange(TRIPLES).intoMemorySegment(out, outAt + 12L * v, ORDER);
    }
    if (last >= 0) {
      long low = PackedCodes.sixes(codes.get(Packed.LONG, at + 16L * last));
      long high = PackedCodes.sixes(codes.get(Packed.LONG, at + 16L * last + Long.BYTES));
      out.set(Packed.LONG, outAt + 12L * last, low | high << 48);
      out.set(Packed.INT, outAt + 12L * last + Long.BYTES, (int) (high >>> 16));
    }
  }
}
