package maia.numerics;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2B;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
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

  /// The lower three bytes of each four, and the rest behind them.
  private static final VectorShuffle<Byte> TRIPLES =
      VectorShuffle.fromOp(BYTES_128, i -> i < 12 ? i / 3 * 4 + i % 3 : (i - 12) * 4 + 3);

  private static final int LANES = 8;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int BYTES_LOADED = 4 * LANES;
  private static final int HIDDEN = 1 << Narrow.FRACTION;

  private static final int E8M0_FACTOR = 254;
  private static final float STEPS = 64;
  private static final float MOST = 127;

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

  /// The steps of [VectorCodeLoops].
  static void products(
      Narrow format, MemorySegment x, long at, int count, int shift, float[] factors, byte[] to) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int down = Narrow.FRACTION - format.fractionBits();
    int up = down << Narrow.FRACTION;
    int sign = format.sign();
    int nan = format.nan();
    for (int v = 0; v < count >> 3; v++) {
      FloatVector y = load(x, at + 32L * v).mul(factors[v >>> shift - 3]);
      IntVector bits = y.reinterpretAsInts();
      IntVector size = bits.and(Integer.MAX_VALUE);
      IntVector near = size.min(limit);
      IntVector exponent = near.and(Narrow.INFINITY).max(low);
      IntVector magic = exponent.add(up);
      FloatVector sum = near.reinterpretAsFloats().add(magic.reinterpretAsFloats());
      IntVector kept = sum.reinterpretAsInts().sub(magic);
      IntVector code = kept.add(exponent.sub(low).lanewise(LSHR, down));
      IntVector signed = code.or(bits.lanewise(ASHR, 31).and(sign));
      IntVector done = signed.blend(nan, size.compare(GT, Narrow.INFINITY));
      ((ByteVector) done.convertShape(I2B, BYTES, 0)).intoArray(to, 8 * v);
    }
  }

  static void quotients(
      Narrow format, MemorySegment x, long at, int count, int shift, float[] divisors, byte[] to) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int down = Narrow.FRACTION - format.fractionBits();
    int up = down << Narrow.FRACTION;
    int sign = format.sign();
    int nan = format.nan();
    for (int v = 0; v < count >> 3; v++) {
      FloatVector y = load(x, at + 32L * v).div(divisors[v >>> shift - 3]);
      IntVector bits = y.reinterpretAsInts();
      IntVector size = bits.and(Integer.MAX_VALUE);
      IntVector near = size.min(limit);
      IntVector exponent = near.and(Narrow.INFINITY).max(low);
      IntVector magic = exponent.add(up);
      FloatVector sum = near.reinterpretAsFloats().add(magic.reinterpretAsFloats());
      IntVector kept = sum.reinterpretAsInts().sub(magic);
      IntVector code = kept.add(exponent.sub(low).lanewise(LSHR, down));
      IntVector signed = code.or(bits.lanewise(ASHR, 31).and(sign));
      IntVector done = signed.blend(nan, size.compare(GT, Narrow.INFINITY));
      ((ByteVector) done.convertShape(I2B, BYTES, 0)).intoArray(to, 8 * v);
    }
  }

  /// `format` is not looked at.
  static void integers(
      Narrow format, MemorySegment x, long at, int count, int shift, float[] factors, byte[] to) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count >> 3; v++) {
      FloatVector wide = load(x, at + 32L * v).mul(factors[v >>> shift - 3]).mul(STEPS);
      FloatVector low = wide.blend(MOST, wide.compare(GT, MOST));
      FloatVector near = low.blend(-MOST, low.compare(LT, -MOST));
      IntVector code = near.add(Fmath.ROUND).reinterpretAsInts();
      ((ByteVector) code.convertShape(I2B, BYTES, 0)).intoArray(to, 8 * v);
    }
  }

  /// Two codes to a byte; `count` is a multiple of 16.
  static void nibbles(byte[] codes, int count, MemorySegment out, long outAt) {
    if (out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += BlockLoops.STEP) {
      ShortVector pairs = ByteVector.fromArray(BYTES_128, codes, i).reinterpretAsShorts();
      ShortVector both = pairs.or(pairs.lanewise(LSHR, 4));
      ((ByteVector) both.convertShape(S2B, BYTES, 0)).intoMemorySegment(out, outAt + i / 2, ORDER);
    }
  }

  /// Four codes to three bytes, in place; `count` is a multiple of 16. Writes four bytes more,
  /// which the next step replaces.
  static void sixes(byte[] codes, int count) {
    for (int v = 0; v < count >> 4; v++) {
      IntVector fours = ByteVector.fromArray(BYTES_128, codes, 16 * v).reinterpretAsInts();
      IntVector twelve = fours.and(0x003f003f).or(fours.lanewise(LSHR, 2).and(0x0fc00fc0));
      IntVector whole = twelve.and(0xfff).or(twelve.lanewise(LSHR, 4).and(0xfff000));
      whole.reinterpretAsBytes().rearrange(TRIPLES).intoArray(codes, 12 * v);
    }
  }

  private static FloatVector load(MemorySegment x, long at) {
    return FloatVector.fromMemorySegment(FLOATS, x, at, ORDER);
  }
}
