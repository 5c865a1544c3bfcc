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

/// Quantizing on vectors of 256 bits, which hold whole numbers of packed codes and of blocks.
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
  private static final int BYTES_LOADED = 4 * LANES;
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
      long i = at + 64L * b;
      to[b] = size(x, i).max(size(x, i + BYTES_LOADED)).reduceLanes(MAX);
    }
  }

  static void largestOf32(MemorySegment x, long at, int blocks, int[] to) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int b = 0; b < blocks; b++) {
      long i = at + 128L * b;
      IntVector low = size(x, i).max(size(x, i + BYTES_LOADED));
      IntVector high = size(x, i + 2 * BYTES_LOADED).max(size(x, i + 3 * BYTES_LOADED));
      to[b] = low.max(high).reduceLanes(MAX);
    }
  }

  static int largest(MemorySegment x, long at, int count) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector even = IntVector.zero(INTS);
    IntVector odd = IntVector.zero(INTS);
    for (int v = 0; v < count >> 4; v++) {
      even = even.max(size(x, at + 64L * v));
      odd = odd.max(size(x, at + 64L * v + BYTES_LOADED));
    }
    return even.max(odd).reduceLanes(MAX);
  }

  private static IntVector size(MemorySegment x, long at) {
    return load(x, at).reinterpretAsInts().and(Integer.MAX_VALUE);
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

  /// Codes of products.
  static void products(
      Narrow format,
      MemorySegment x,
      long at,
      int count,
      int shift,
      float[] factors,
      MemorySegment out,
      long outAt) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int addend = addend(format);
    int joint = joint(format);
    int bits = bits(format);
    for (int v = 0; v < count >> 4; v++) {
      FloatVector factor = FloatVector.broadcast(FLOATS, factors[v >>> shift - 4]);
      FloatVector y = load(x, at + 64L * v).mul(factor);
      FloatVector z = load(x, at + 64L * v + BYTES_LOADED).mul(factor);
      IntVector first = code(y, limit, low, addend, joint);
      bytes(first, code(z, limit, low, addend, joint), bits)
          .intoMemorySegment(out, outAt + 16L * v, ORDER);
    }
  }

  /// Codes of quotients.
  static void quotients(
      Narrow format,
      MemorySegment x,
      long at,
      int count,
      int shift,
      float[] divisors,
      MemorySegment out,
      long outAt) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int addend = addend(format);
    int joint = joint(format);
    int bits = bits(format);
    for (int v = 0; v < count >> 4; v++) {
      FloatVector divisor = FloatVector.broadcast(FLOATS, divisors[v >>> shift - 4]);
      FloatVector y = load(x, at + 64L * v).div(divisor);
      FloatVector z = load(x, at + 64L * v + BYTES_LOADED).div(divisor);
      IntVector first = code(y, limit, low, addend, joint);
      bytes(first, code(z, limit, low, addend, joint), bits)
          .intoMemorySegment(out, outAt + 16L * v, ORDER);
    }
  }

  private static int bits(Narrow format) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(format.sign());
  }

  /// What makes an addend of the exponent of a magnitude: as numbers, both add up to the magnitude
  /// rounded to the format's last place, which is the last place of the sum. The fraction takes off
  /// by how much exponents of sums exceed those of codes; it is even, so ties go to even codes.
  private static int addend(Narrow format) {
    int down = Narrow.FRACTION - format.fractionBits();
    return (down << Narrow.FRACTION) + (-(format.lowest() + down << format.fractionBits()) & 0xff);
  }

  /// What a sum is multiplied with, so that its exponent comes down upon its fraction and both, a
  /// code, to the top.
  private static int joint(Narrow format) {
    int bits = bits(format);
    return (1 << Integer.SIZE - bits) + (1 << Byte.SIZE + 1 - bits + format.fractionBits());
  }

  /// The codes of numbers in the upper bits. A negative NaN gets a sign that it should not have.
  private static IntVector code(FloatVector x, int limit, int low, int addend, int joint) {
    IntVector bits = x.reinterpretAsInts();
    IntVector near = bits.and(Integer.MAX_VALUE).min(limit);
    IntVector magic = near.and(Narrow.INFINITY).max(low).add(addend);
    FloatVector sum = near.reinterpretAsFloats().add(magic.reinterpretAsFloats());
    return sum.reinterpretAsInts().mul(joint).or(bits.and(Integer.MIN_VALUE));
  }

  /// The upper `bits` bits of each as bytes, those of `a` first.
  private static ByteVector bytes(IntVector a, IntVector b, int bits) {
    IntVector both =
        a.lanewise(LSHR, Integer.SIZE - bits).or(b.lanewise(LSHR, Integer.SIZE - 8 - bits));
    ShortVector pairs = (ShortVector) both.convertShape(I2S, SHORTS, 0);
    return pairs.reinterpretAsBytes().rearrange(TURNED);
  }

  /// `format` is not looked at, and there are no NaNs. 64ths are the last place of the sum.
  static void integers(
      Narrow format,
      MemorySegment x,
      long at,
      int count,
      int shift,
      float[] factors,
      MemorySegment out,
      long outAt) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int zero = Float.floatToRawIntBits(SIXTY_FOURTHS);
    for (int v = 0; v < count >> 3; v++) {
      FloatVector sum = load(x, at + 32L * v).mul(factors[v >>> shift - 3]).add(SIXTY_FOURTHS);
      IntVector code = sum.reinterpretAsInts().max(zero - MOST).min(zero + MOST);
      ((ByteVector) code.convertShape(I2B, BYTES, 0)).intoMemorySegment(out, outAt + 8L * v, ORDER);
    }
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

  private static FloatVector load(MemorySegment x, long at) {
    return FloatVector.fromMemorySegment(FLOATS, x, at, ORDER);
  }
}
