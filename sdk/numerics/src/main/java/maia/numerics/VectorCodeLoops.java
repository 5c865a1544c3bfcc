package maia.numerics;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2B;
import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Conversions on the Vector API. A magnitude is rounded to the last place of the format by adding
/// a power of two 2^(e + 23 - fraction bits): the sum's low bits are then the significand in the
/// format, subnormals included. One loop writes codes as integers, another narrows them.
///
/// Expressions are written out in the loops: C2 gives up on inlining helper methods after so many
/// bytecodes, and then makes an object per vector (decision 049).
final class VectorCodeLoops implements CodeLoops {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final int STRETCH = 1024;
  private static final CodeLoops PLAIN = new PlainCodeLoops();
  private static final float[] ONE = {1};

  /// Vectors with as many lanes of a byte or a short; where there are none, plain loops narrow.
  private static final boolean NARROWS = LANES >= 8;

  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, 16 * LANES)));

  @Override
  public void encode(Narrow format, float[] from, int at, int count, byte[] to, int toAt) {
    int whole = FLOATS.loopBound(count);
    if (isDirect(format)) {
      direct(format, from, at, whole, 31, ONE, to, toAt);
      PLAIN.encode(format, from, at + whole, count - whole, to, toAt + whole);
      return;
    }
    int[] codes = Scratch.ints(STRETCH);
    for (int done = 0; done < whole; done += STRETCH) {
      int size = Math.min(STRETCH, whole - done);
      codes(format, from, at + done, size, codes);
      toBytes(codes, size, to, toAt + done);
    }
    PLAIN.encode(format, from, at + whole, count - whole, to, toAt + whole);
  }

  @Override
  public void encode(
      Narrow format,
      float[] from,
      int at,
      int block,
      int blocks,
      float[] factors,
      byte[] to,
      int toAt) {
    if (block % LANES == 0 && Integer.bitCount(block) == 1 && isDirect(format)) {
      int shift = Integer.numberOfTrailingZeros(block);
      direct(format, from, at, block * blocks, shift, factors, to, toAt);
    } else {
      PLAIN.encode(format, from, at, block, blocks, factors, to, toAt);
    }
  }

  /// Whether codes are made by the rule used most, with nothing special.
  static boolean isDirect(Narrow format) {
    return NARROWS
        && format.rounding() == Rounding.Fixed.NEAREST_EVEN
        && format.finiteUpTo() == Narrow.INFINITY
        && !format.sharesExponent()
        && format.sign() != 0
        && format.negativeZero();
  }

  /// As [#nearestEven], times a factor for every 2^`shift` elements before and narrowed after: one
  /// pass instead of three.
  private static void direct(
      Narrow format,
      float[] from,
      int at,
      int count,
      int shift,
      float[] factors,
      byte[] to,
      int toAt) {
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int down = Narrow.FRACTION - format.fractionBits();
    int up = down << Narrow.FRACTION;
    int sign = format.sign();
    int nan = format.nan();
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, from, at + i).mul(factors[i >>> shift]);
      IntVector bits = x.reinterpretAsInts();
      IntVector size = bits.and(Integer.MAX_VALUE);
      IntVector near = size.min(limit);
      IntVector exponent = near.and(Narrow.INFINITY).max(low);
      IntVector magic = exponent.add(up);
      FloatVector sum = near.reinterpretAsFloats().add(magic.reinterpretAsFloats());
      IntVector kept = sum.reinterpretAsInts().sub(magic);
      IntVector code = kept.add(exponent.sub(low).lanewise(LSHR, down));
      IntVector signed = code.or(bits.lanewise(ASHR, 31).and(sign));
      IntVector done = signed.blend(nan, size.compare(GT, Narrow.INFINITY));
      ((ByteVector) done.convertShape(I2B, BYTES, 0)).intoArray(to, toAt + i);
    }
  }

  @Override
  public void encode(Narrow format, float[] from, int at, int count, short[] to, int toAt) {
    int[] codes = Scratch.ints(STRETCH);
    int whole = FLOATS.loopBound(count);
    for (int done = 0; done < whole; done += STRETCH) {
      int size = Math.min(STRETCH, whole - done);
      codes(format, from, at + done, size, codes);
      toShorts(codes, size, to, toAt + done);
    }
    PLAIN.encode(format, from, at + whole, count - whole, to, toAt + whole);
  }

  private static void codes(Narrow format, float[] from, int at, int count, int[] codes) {
    if (format.sharesExponent()) {
      upperBits(format, from, at, count, codes);
    } else {
      switch (format.rounding()) {
        case NEAREST_EVEN -> nearestEven(format, from, at, count, codes);
        case NEAREST_AWAY, TOWARD_ZERO -> corrected(format, from, at, count, codes);
      }
    }
    if (format.finiteUpTo() < Narrow.INFINITY) {
      overflows(format, from, at, count, codes);
    }
    if (format.sign() == 0 || !format.negativeZero()) {
      signs(format, from, at, count, codes);
    }
  }

  private static void nearestEven(Narrow format, float[] from, int at, int count, int[] codes) {
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int down = Narrow.FRACTION - format.fractionBits();
    int up = down << Narrow.FRACTION;
    int sign = format.sign();
    int nan = format.nan();
    for (int i = 0; i < count; i += LANES) {
      IntVector bits = FloatVector.fromArray(FLOATS, from, at + i).reinterpretAsInts();
      IntVector size = bits.and(Integer.MAX_VALUE);
      IntVector near = size.min(limit);
      IntVector exponent = near.and(Narrow.INFINITY).max(low);
      IntVector magic = exponent.add(up);
      FloatVector sum = near.reinterpretAsFloats().add(magic.reinterpretAsFloats());
      IntVector kept = sum.reinterpretAsInts().sub(magic);
      IntVector code = kept.add(exponent.sub(low).lanewise(LSHR, down));
      code.or(bits.lanewise(ASHR, 31).and(sign))
          .blend(nan, size.compare(GT, Narrow.INFINITY))
          .intoArray(codes, i);
    }
  }

  /// As [#nearestEven], with the last bit corrected: ties that went down go up, or what went up
  /// goes down.
  private static void corrected(Narrow format, float[] from, int at, int count, int[] codes) {
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int down = Narrow.FRACTION - format.fractionBits();
    int up = down << Narrow.FRACTION;
    int half = format.fractionBits() + 1 << Narrow.FRACTION;
    boolean away = format.rounding() == Rounding.Fixed.NEAREST_AWAY;
    int tie = away ? 1 : 0;
    int above = away ? 0 : -1;
    int sign = format.sign();
    int nan = format.nan();
    for (int i = 0; i < count; i += LANES) {
      IntVector bits = FloatVector.fromArray(FLOATS, from, at + i).reinterpretAsInts();
      IntVector size = bits.and(Integer.MAX_VALUE);
      IntVector near = size.min(limit);
      IntVector exponent = near.and(Narrow.INFINITY).max(low);
      IntVector magic = exponent.add(up);
      FloatVector sum = near.reinterpretAsFloats().add(magic.reinterpretAsFloats());
      FloatVector rest = near.reinterpretAsFloats().sub(sum.sub(magic.reinterpretAsFloats()));
      VectorMask<Float> isTie = rest.compare(EQ, exponent.sub(half).reinterpretAsFloats());
      IntVector kept = sum.reinterpretAsInts().sub(magic);
      IntVector more = kept.add(tie, isTie.cast(INTS));
      IntVector less = more.add(above, rest.compare(LT, 0f).cast(INTS));
      IntVector code = less.add(exponent.sub(low).lanewise(LSHR, down));
      code.or(bits.lanewise(ASHR, 31).and(sign))
          .blend(nan, size.compare(GT, Narrow.INFINITY))
          .intoArray(codes, i);
    }
  }

  /// Codes that are the upper bits of binary32.
  private static void upperBits(Narrow format, float[] from, int at, int count, int[] codes) {
    int down = Narrow.FRACTION - format.fractionBits();
    int half = 1 << (down - 1);
    boolean even = format.rounding() == Rounding.Fixed.NEAREST_EVEN;
    int last = even ? 1 : 0;
    int always = even ? half - 1 : format.rounding() == Rounding.Fixed.NEAREST_AWAY ? half : 0;
    int most = format.largest();
    int sign = format.sign();
    int nan = format.nan();
    for (int i = 0; i < count; i += LANES) {
      IntVector bits = FloatVector.fromArray(FLOATS, from, at + i).reinterpretAsInts();
      IntVector size = bits.and(Integer.MAX_VALUE);
      IntVector odd = size.lanewise(LSHR, down).and(last);
      IntVector code = size.add(always).add(odd).lanewise(LSHR, down).min(most);
      code.or(bits.lanewise(ASHR, 31).and(sign))
          .blend(nan, size.compare(GT, Narrow.INFINITY))
          .intoArray(codes, i);
    }
  }

  /// Codes of what does not saturate.
  private static void overflows(Narrow format, float[] from, int at, int count, int[] codes) {
    int limit = format.finiteUpTo();
    int beyond = format.beyond();
    int sign = format.beyondSign();
    int nan = format.nan();
    for (int i = 0; i < count; i += LANES) {
      IntVector bits = FloatVector.fromArray(FLOATS, from, at + i).reinterpretAsInts();
      IntVector size = bits.and(Integer.MAX_VALUE);
      IntVector over = bits.lanewise(ASHR, 31).and(sign).or(beyond);
      IntVector.fromArray(INTS, codes, i)
          .blend(over, size.compare(GT, limit))
          .blend(nan, size.compare(GT, Narrow.INFINITY))
          .intoArray(codes, i);
    }
  }

  /// What formats without a sign or without minus zero do differently.
  private static void signs(Narrow format, float[] from, int at, int count, int[] codes) {
    for (int i = 0; i < count; i++) {
      if (Float.floatToRawIntBits(from[at + i]) < 0) {
        codes[i] = format.encode(from[at + i]);
      }
    }
  }

  private static void toBytes(int[] codes, int count, byte[] to, int at) {
    if (NARROWS) {
      for (int i = 0; i < count; i += LANES) {
        IntVector code = IntVector.fromArray(INTS, codes, i);
        ((ByteVector) code.convertShape(I2B, BYTES, 0)).intoArray(to, at + i);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      to[at + i] = (byte) codes[i];
    }
  }

  private static void toShorts(int[] codes, int count, short[] to, int at) {
    if (NARROWS) {
      for (int i = 0; i < count; i += LANES) {
        IntVector code = IntVector.fromArray(INTS, codes, i);
        ((ShortVector) code.convertShape(I2S, SHORTS, 0)).intoArray(to, at + i);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      to[at + i] = (short) codes[i];
    }
  }

  @Override
  public void round(Narrow format, float[] x, int at, int count) {
    int whole = FLOATS.loopBound(count);
    if (format.sign() == 0 || !format.negativeZero()) {
      whole = 0;
    } else if (format.sharesExponent()) {
      roundUpper(format, x, at, whole);
    } else {
      roundNear(format, x, at, whole);
    }
    PLAIN.round(format, x, at + whole, count - whole);
  }

  private static void roundNear(Narrow format, float[] x, int at, int count) {
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int up = Narrow.FRACTION - format.fractionBits() << Narrow.FRACTION;
    for (int i = at; i < at + count; i += LANES) {
      IntVector bits = FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts();
      IntVector size = bits.and(Integer.MAX_VALUE);
      IntVector near = size.min(limit);
      FloatVector magic = near.and(Narrow.INFINITY).max(low).add(up).reinterpretAsFloats();
      FloatVector rounded = near.reinterpretAsFloats().add(magic).sub(magic);
      rounded
          .reinterpretAsInts()
          .or(bits.and(Integer.MIN_VALUE))
          .reinterpretAsFloats()
          .blend(format.nanValue(), size.compare(GT, Narrow.INFINITY).cast(FLOATS))
          .intoArray(x, i);
    }
  }

  private static void roundUpper(Narrow format, float[] x, int at, int count) {
    int down = Narrow.FRACTION - format.fractionBits();
    int limit = Float.floatToRawIntBits(format.largestValue());
    int always = (1 << (down - 1)) - 1;
    for (int i = at; i < at + count; i += LANES) {
      IntVector bits = FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts();
      IntVector size = bits.and(Integer.MAX_VALUE);
      IntVector odd = size.lanewise(LSHR, down).and(1);
      IntVector near = size.add(always).add(odd).and(-1 << down).min(limit);
      near.or(bits.and(Integer.MIN_VALUE))
          .reinterpretAsFloats()
          .blend(format.nanValue(), size.compare(GT, Narrow.INFINITY).cast(FLOATS))
          .intoArray(x, i);
    }
  }

  @Override
  public void largest(float[] x, int at, int block, int blocks, int[] to) {
    if (block % LANES != 0) {
      PLAIN.largest(x, at, block, blocks, to);
      return;
    }
    for (int b = 0, i = at; b < blocks; b++) {
      IntVector all = IntVector.zero(INTS);
      for (int end = i + block; i < end; i += LANES) {
        IntVector bits = FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts();
        all = all.max(bits.and(Integer.MAX_VALUE));
      }
      to[b] = all.reduceLanes(MAX);
    }
  }

  @Override
  public void multiply(
      float[] x, int at, int block, int blocks, float[] factors, float[] out, int outAt) {
    if (block % LANES != 0) {
      PLAIN.multiply(x, at, block, blocks, factors, out, outAt);
      return;
    }
    for (int b = 0, i = 0; b < blocks; b++) {
      FloatVector factor = FloatVector.broadcast(FLOATS, factors[b]);
      for (int end = i + block; i < end; i += LANES) {
        FloatVector.fromArray(FLOATS, x, at + i).mul(factor).intoArray(out, outAt + i);
      }
    }
  }

  @Override
  public void divide(
      float[] x, int at, int block, int blocks, float[] divisors, float[] out, int outAt) {
    if (block % LANES != 0) {
      PLAIN.divide(x, at, block, blocks, divisors, out, outAt);
      return;
    }
    for (int b = 0, i = 0; b < blocks; b++) {
      FloatVector divisor = FloatVector.broadcast(FLOATS, divisors[b]);
      for (int end = i + block; i < end; i += LANES) {
        FloatVector.fromArray(FLOATS, x, at + i).div(divisor).intoArray(out, outAt + i);
      }
    }
  }
}
