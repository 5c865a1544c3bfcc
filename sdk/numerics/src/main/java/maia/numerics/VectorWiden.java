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
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// Values of packed codes on vectors of 256 bits: eight codes from 8, 6 or 4 bytes.
final class VectorWiden {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_64;
  private static final int NAN = 0x7fc00000;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int[] FOURS = {0, 4, 8, 12, 16, 20, 24, 28};
  private static final int[] SIXES = {0, 6, 12, 18, 0, 6, 12, 18};
  private static final VectorMask<Integer> UPPER = VectorMask.fromLong(INTS, 0xF0);

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
    float unit = format.unit();
    int infinite = format.infiniteFrom() - 1;
    int nan = format.nanFrom() - 1;
    for (int v = 0; v < count >> 3; v++) {
      ByteVector codes = ByteVector.fromMemorySegment(BYTES, x, at + 8L * v, ORDER);
      IntVector code = (IntVector) codes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
      IntVector size = code.and(0x7f);
      FloatVector value = size.lanewise(LSHL, up).reinterpretAsFloats().mul(unit);
      IntVector bits = value.reinterpretAsInts();
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
    IntVector places = IntVector.fromArray(INTS, SIXES, 0);
    int up = format.up();
    float unit = format.unit();
    for (int v = 0; v < count >> 3; v++) {
      int low = x.get(Packed.INT, at + 6L * v);
      int high = low >>> 24 | x.get(Packed.SHORT, at + 6L * v + 4) << 8;
      IntVector code = IntVector.broadcast(INTS, low).blend(high, UPPER).lanewise(LSHR, places);
      IntVector size = code.and(31).lanewise(LSHL, up);
      IntVector sign = code.lanewise(LSHL, 26).and(Integer.MIN_VALUE);
      size.reinterpretAsFloats()
          .mul(unit)
          .reinterpretAsInts()
          .or(sign)
          .reinterpretAsFloats()
          .mul(factors[v >>> shift - 3])
          .mul(tensorScale)
          .intoMemorySegment(out, outAt + 32L * v, ORDER);
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
    IntVector places = IntVector.fromArray(INTS, FOURS, 0);
    int up = format.up();
    float unit = format.unit();
    for (int v = 0; v < count >> 3; v++) {
      IntVector words = IntVector.broadcast(INTS, x.get(Packed.INT, at + 4L * v));
      IntVector code = words.lanewise(LSHR, places);
      IntVector size = code.and(7).lanewise(LSHL, up);
      IntVector sign = code.lanewise(LSHL, 28).and(Integer.MIN_VALUE);
      size.reinterpretAsFloats()
          .mul(unit)
          .reinterpretAsInts()
          .or(sign)
          .reinterpretAsFloats()
          .mul(factors[v >>> shift - 3])
          .mul(tensorScale)
          .intoMemorySegment(out, outAt + 32L * v, ORDER);
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
    float unit = format.unit();
    for (int v = 0; v < count >> 3; v++) {
      ByteVector codes = ByteVector.fromMemorySegment(BYTES, x, at + 8L * v, ORDER);
      IntVector code = (IntVector) codes.convertShape(B2I, INTS, 0);
      FloatVector value = (FloatVector) code.convert(I2F, 0);
      value
          .mul(unit)
          .mul(factors[v >>> shift - 3])
          .mul(tensorScale)
          .intoMemorySegment(out, outAt + 32L * v, ORDER);
    }
  }
}
