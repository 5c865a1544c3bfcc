package maia.numerics;

import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Values of packed codes on vectors of 256 bits: eight bytes are taken apart to eight integers,
/// and these moved to where the codes of the bytes belong.
final class VectorWiden {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_64;
  private static final float UNIT = 1f / 64;
  private static final int NAN = 0x7fc00000;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int[] FOUR_PLACES = {0, 4, 0, 4, 0, 4, 0, 4};
  private static final int[] SIX_PLACES = {0, 6, 4, 2, 0, 6, 4, 2};
  private static final VectorShuffle<Integer> LOW_TWICE = VectorShuffle.fromOp(INTS, i -> i / 2);
  private static final VectorShuffle<Integer> HIGH_TWICE =
      VectorShuffle.fromOp(INTS, i -> 4 + i / 2);

  /// The bytes in which codes of 6 bits begin, and the next.
  private static final VectorShuffle<Integer> SIX_LOWER =
      VectorShuffle.fromOp(INTS, i -> i * 6 / Byte.SIZE);

  private static final VectorShuffle<Integer> SIX_UPPER =
      VectorShuffle.fromOp(INTS, i -> i * 6 / Byte.SIZE + 1);

  private VectorWiden() {}

  static void bytes(
      Widen format,
      MemorySegment x,
      long at,
      int count,
      int shift,
      float[] factors,
      float tensorScale,
      MemorySegment out,
      long outAt) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int up = format.up();
    int base = format.base();
    float step = format.step();
    int infinite = format.infiniteFrom() - 1;
    int nan = format.nanFrom() - 1;
    for (int v = 0; v < count >> 3; v++) {
      ByteVector codes = ByteVector.fromMemorySegment(BYTES, x, at + 8L * v, ORDER);
      IntVector code = (IntVector) codes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
      IntVector size = code.and(0x7f);
      IntVector moved = size.lanewise(LSHL, up).add(base);
      FloatVector x2 = moved.reinterpretAsFloats().mul(2);
      IntVector bits = x2.sub(step).reinterpretAsInts().min(moved);
      IntVector open = bits.blend(Narrow.INFINITY, size.compare(GT, infinite));
      IntVector signed = open.or(code.lanewise(LSHL, 24).and(Integer.MIN_VALUE));
      signed
          .blend(NAN, size.compare(GT, nan))
          .reinterpretAsFloats()
          .mul(factors[v >>> shift - 3])
          .mul(tensorScale)
          .intoMemorySegment(out, outAt + 32L * v, ORDER);
    }
  }

  static void sixes(
      Widen format,
      MemorySegment x,
      long at,
      int count,
      int shift,
      float[] factors,
      float tensorScale,
      MemorySegment out,
      long outAt) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector places = IntVector.fromArray(INTS, SIX_PLACES, 0);
    int up = format.up();
    int base = format.base();
    float step = format.step();
    for (int v = 0; v < (count >> 3) - 1; v++) {
      ByteVector codes = ByteVector.fromMemorySegment(BYTES, x, at + 6L * v, ORDER);
      IntVector bytes = (IntVector) codes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
      IntVector upper = bytes.rearrange(SIX_UPPER).lanewise(LSHL, Byte.SIZE);
      IntVector code = bytes.rearrange(SIX_LOWER).or(upper).lanewise(LSHR, places);
      IntVector moved = code.and(31).lanewise(LSHL, up).add(base);
      FloatVector x2 = moved.reinterpretAsFloats().mul(2);
      IntVector bits = x2.sub(step).reinterpretAsInts().min(moved);
      bits.or(code.lanewise(LSHL, 26).and(Integer.MIN_VALUE))
          .reinterpretAsFloats()
          .mul(factors[v >>> shift - 3])
          .mul(tensorScale)
          .intoMemorySegment(out, outAt + 32L * v, ORDER);
    }
    if (count > 0) {
      float factor = factors[(count >> 3) - 1 >>> shift - 3];
      last(format, x, at, count, factor, tensorScale, out, outAt);
    }
  }

  /// The last eight of `count` codes of 6 bits, whose vector would go two bytes too far.
  private static void last(
      Widen format,
      MemorySegment x,
      long at,
      int count,
      float factor,
      float tensorScale,
      MemorySegment out,
      long outAt) {
    long word = x.get(Packed.LONG, at + count * 3L / 4 - Long.BYTES);
    for (int i = count - 8; i < count; i++) {
      int code = (int) (word >>> 16 + 6 * (i - count + 8));
      float moved = Float.intBitsToFloat(((code & 31) << format.up()) + format.base());
      float value = Math.min(moved, 2 * moved - format.step());
      float signed = (code & 32) == 0 ? value : -value;
      out.set(Packed.FLOAT, outAt + 4L * i, signed * factor * tensorScale);
    }
  }

  static void nibbles(
      Widen format,
      MemorySegment x,
      long at,
      int count,
      int shift,
      float[] factors,
      float tensorScale,
      MemorySegment out,
      long outAt) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector places = IntVector.fromArray(INTS, FOUR_PLACES, 0);
    int up = format.up();
    int base = format.base();
    float step = format.step();
    for (int v = 0; v < count >> 4; v++) {
      float factor = factors[v >>> shift - 4];
      ByteVector codes = ByteVector.fromMemorySegment(BYTES, x, at + 8L * v, ORDER);
      IntVector bytes = (IntVector) codes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
      IntVector code0 = bytes.rearrange(LOW_TWICE).lanewise(LSHR, places);
      IntVector code1 = bytes.rearrange(HIGH_TWICE).lanewise(LSHR, places);
      IntVector moved0 = code0.and(7).lanewise(LSHL, up).add(base);
      IntVector sign0 = code0.lanewise(LSHL, 28).and(Integer.MIN_VALUE);
      FloatVector twice0 = moved0.reinterpretAsFloats().mul(2);
      IntVector bits0 = twice0.sub(step).reinterpretAsInts().min(moved0);
      IntVector moved1 = code1.and(7).lanewise(LSHL, up).add(base);
      IntVector sign1 = code1.lanewise(LSHL, 28).and(Integer.MIN_VALUE);
      FloatVector twice1 = moved1.reinterpretAsFloats().mul(2);
      IntVector bits1 = twice1.sub(step).reinterpretAsInts().min(moved1);
      bits0
          .or(sign0)
          .reinterpretAsFloats()
          .mul(factor)
          .mul(tensorScale)
          .intoMemorySegment(out, outAt + 64L * v, ORDER);
      bits1
          .or(sign1)
          .reinterpretAsFloats()
          .mul(factor)
          .mul(tensorScale)
          .intoMemorySegment(out, outAt + 64L * v + 32, ORDER);
    }
  }

  static void integers(
      Widen format,
      MemorySegment x,
      long at,
      int count,
      int shift,
      float[] factors,
      float tensorScale,
      MemorySegment out,
      long outAt) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count >> 3; v++) {
      ByteVector codes = ByteVector.fromMemorySegment(BYTES, x, at + 8L * v, ORDER);
      IntVector code = (IntVector) codes.convertShape(B2I, INTS, 0);
      FloatVector value = (FloatVector) code.convert(I2F, 0);
      value
          .mul(UNIT)
          .mul(factors[v >>> shift - 3])
          .mul(tensorScale)
          .intoMemorySegment(out, outAt + 32L * v, ORDER);
    }
  }
}
