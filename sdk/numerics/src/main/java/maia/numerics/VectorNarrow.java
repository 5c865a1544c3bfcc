package maia.numerics;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Conversions of whole vectors between places in memory, to the nearest (ties to even),
/// saturating: the steps of [VectorCodeLoops] without arrays in between.
final class VectorNarrow {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /// Bytes whose fours are elements i, i + LANES, i + 2 * LANES, i + 3 * LANES.
  private static final VectorShuffle<Byte> IN_ORDER =
      VectorShuffle.fromOp(ByteVector.SPECIES_PREFERRED, i -> i % LANES * 4 + i / LANES);

  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, 16 * LANES)));
  private static final int STRETCH = 1024;
  private static final int BF16_DOWN = 16;
  private static final int BF16_HALF = 0x7fff;
  private static final int BF16_LARGEST = 0x7f7f;
  private static final int BF16_NAN = 0x7fc0;
  private static final int BF16_SIGN = 0x8000;

  private static final int F16_SIZE = 0x7fff;
  private static final int F16_SIGN = 0x8000;
  private static final int F16_SIGN_UP = 16;
  private static final int F16_UP = 13;
  private static final int F16_LARGEST = 0x7bff << F16_UP;

  private VectorNarrow() {}

  /// Codes of 8 bits of a format that [VectorCodeLoops#isDirect] takes.
  static void toBytes(
      Narrow format, MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int addend = format.addend();
    int joint = format.joint(Byte.SIZE);
    int nan = format.nan() << Integer.SIZE - Byte.SIZE;
    for (int v = 0; v < count / (4 * LANES); v++) {
      long from = at + 16L * LANES * v;
      IntVector bits0 = FloatVector.fromMemorySegment(FLOATS, x, from, ORDER).reinterpretAsInts();
      IntVector size0 = bits0.and(Integer.MAX_VALUE);
      IntVector near0 = size0.min(limit);
      IntVector magic0 = near0.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum0 = near0.reinterpretAsFloats().add(magic0.reinterpretAsFloats());
      IntVector code0 = sum0.reinterpretAsInts().mul(joint).or(bits0.and(Integer.MIN_VALUE));
      IntVector done0 = code0.blend(nan, size0.compare(GT, Narrow.INFINITY));
      IntVector bits1 =
          FloatVector.fromMemorySegment(FLOATS, x, from + 4L * LANES, ORDER).reinterpretAsInts();
      IntVector size1 = bits1.and(Integer.MAX_VALUE);
      IntVector near1 = size1.min(limit);
      IntVector magic1 = near1.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum1 = near1.reinterpretAsFloats().add(magic1.reinterpretAsFloats());
      IntVector code1 = sum1.reinterpretAsInts().mul(joint).or(bits1.and(Integer.MIN_VALUE));
      IntVector done1 = code1.blend(nan, size1.compare(GT, Narrow.INFINITY));
      IntVector bits2 =
          FloatVector.fromMemorySegment(FLOATS, x, from + 8L * LANES, ORDER).reinterpretAsInts();
      IntVector size2 = bits2.and(Integer.MAX_VALUE);
      IntVector near2 = size2.min(limit);
      IntVector magic2 = near2.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum2 = near2.reinterpretAsFloats().add(magic2.reinterpretAsFloats());
      IntVector code2 = sum2.reinterpretAsInts().mul(joint).or(bits2.and(Integer.MIN_VALUE));
      IntVector done2 = code2.blend(nan, size2.compare(GT, Narrow.INFINITY));
      IntVector bits3 =
          FloatVector.fromMemorySegment(FLOATS, x, from + 12L * LANES, ORDER).reinterpretAsInts();
      IntVector size3 = bits3.and(Integer.MAX_VALUE);
      IntVector near3 = size3.min(limit);
      IntVector magic3 = near3.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum3 = near3.reinterpretAsFloats().add(magic3.reinterpretAsFloats());
      IntVector code3 = sum3.reinterpretAsInts().mul(joint).or(bits3.and(Integer.MIN_VALUE));
      IntVector done3 = code3.blend(nan, size3.compare(GT, Narrow.INFINITY));
      IntVector low0 = done0.lanewise(LSHR, 24).or(done1.lanewise(LSHR, 16));
      IntVector high0 = done2.lanewise(LSHR, 24).or(done3.lanewise(LSHR, 16));
      IntVector all = low0.or(high0.lanewise(LSHL, 16));
      all.reinterpretAsBytes()
          .rearrange(IN_ORDER)
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
    }
  }

  /// Codes of 16 bits of such a format.
  static void toShorts(
      Narrow format, MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int down = Narrow.FRACTION - format.fractionBits();
    int up = down << Narrow.FRACTION;
    int sign = format.sign();
    int nan = format.nan();
    for (int v = 0; v < count / LANES; v++) {
      IntVector bits =
          FloatVector.fromMemorySegment(FLOATS, x, at + 4L * LANES * v, ORDER).reinterpretAsInts();
      IntVector size = bits.and(Integer.MAX_VALUE);
      IntVector near = size.min(limit);
      IntVector exponent = near.and(Narrow.INFINITY).max(low);
      IntVector magic = exponent.add(up);
      FloatVector sum = near.reinterpretAsFloats().add(magic.reinterpretAsFloats());
      IntVector kept = sum.reinterpretAsInts().sub(magic);
      IntVector code = kept.add(exponent.sub(low).lanewise(LSHR, down));
      IntVector signed = code.or(bits.lanewise(ASHR, 31).and(sign));
      IntVector done = signed.blend(nan, size.compare(GT, Narrow.INFINITY));
      ((ShortVector) done.convertShape(I2S, SHORTS, 0))
          .intoMemorySegment(out, outAt + 2L * LANES * v, ORDER);
    }
  }

  /// Codes of F16, saturating. The processor's own conversion, which C2 uses in [HalfArrays#toF16],
  /// takes one instruction, and there is none in the Vector API; so stretches in which nothing
  /// overflows go by arrays that the first cache holds.
  static void toF16(
      Narrow format, MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    float[] values = Scratch.floats(Scratch.Slot.HALVES, STRETCH);
    short[] codes = Scratch.shorts(STRETCH);
    for (int done = 0; done < count; done += STRETCH) {
      int size = Math.min(STRETCH, count - done);
      long from = at + 4L * done;
      if (largest(x, from, size) < HalfArrays.OVERFLOW) {
        MemorySegment.copy(x, Packed.FLOAT, from, values, 0, size);
        HalfArrays.toF16(values, 0, size, codes);
        MemorySegment.copy(codes, 0, out, Packed.SHORT, outAt + 2L * done, size);
      } else {
        toShorts(format, x, from, out, outAt + 2L * done, size);
      }
    }
  }

  /// The bits of the largest magnitude.
  private static int largest(MemorySegment x, long at, int count) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector most = IntVector.zero(INTS);
    for (int v = 0; v < count / LANES; v++) {
      most =
          most.max(
              FloatVector.fromMemorySegment(FLOATS, x, at + 4L * LANES * v, ORDER)
                  .reinterpretAsInts()
                  .and(Integer.MAX_VALUE));
    }
    return most.reduceLanes(MAX);
  }

  static void toBf16(MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      IntVector bits =
          FloatVector.fromMemorySegment(FLOATS, x, at + 4L * LANES * v, ORDER).reinterpretAsInts();
      IntVector size = bits.and(Integer.MAX_VALUE);
      IntVector odd = size.lanewise(LSHR, BF16_DOWN).and(1);
      IntVector code = size.add(BF16_HALF).add(odd).lanewise(LSHR, BF16_DOWN).min(BF16_LARGEST);
      IntVector signed = code.or(bits.lanewise(LSHR, BF16_DOWN).and(BF16_SIGN));
      IntVector done = signed.blend(BF16_NAN, size.compare(GT, Narrow.INFINITY));
      ((ShortVector) done.convertShape(I2S, SHORTS, 0))
          .intoMemorySegment(out, outAt + 2L * LANES * v, ORDER);
    }
  }

  static void fromBf16(MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      ShortVector codes = ShortVector.fromMemorySegment(SHORTS, x, at + 2L * LANES * v, ORDER);
      IntVector bits = (IntVector) codes.convertShape(ZERO_EXTEND_S2I, INTS, 0);
      bits.lanewise(LSHL, BF16_DOWN)
          .reinterpretAsFloats()
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
    }
  }

  /// The fields of a code, moved to those of binary32, are its value times 2^-112, subnormals
  /// included; what is not finite gets the exponent of what is not finite.
  static void fromF16(MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      ShortVector codes = ShortVector.fromMemorySegment(SHORTS, x, at + 2L * LANES * v, ORDER);
      IntVector code = (IntVector) codes.convertShape(ZERO_EXTEND_S2I, INTS, 0);
      IntVector size = code.and(F16_SIZE).lanewise(LSHL, F16_UP);
      IntVector value = size.reinterpretAsFloats().mul(0x1p112f).reinterpretAsInts();
      IntVector all = value.blend(size.or(Narrow.INFINITY), size.compare(GT, F16_LARGEST));
      all.or(code.and(F16_SIGN).lanewise(LSHL, F16_SIGN_UP))
          .reinterpretAsFloats()
          .intoMemorySegment(out, outAt + 4L * LANES * v, ORDER);
    }
  }
}
