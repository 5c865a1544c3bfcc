package maia.numerics;

import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Values of packed codes on vectors: as many codes as a vector has lanes are moved to integers.
final class VectorWiden {
  private static final VectorSpecies<Integer> INTS = VectorBlocks.INTS;
  private static final VectorSpecies<Byte> BYTES = VectorBlocks.BYTES;
  private static final int LANES = VectorBlocks.LANES;
  private static final int STEP = VectorBlocks.STEP;

  /// The binary logarithm of the lanes.
  private static final int SHIFT = Integer.numberOfTrailingZeros(LANES);

  private static final float UNIT = 1f / 64;
  private static final int NAN = 0x7fc00000;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int[] FOUR_PLACES = places(4);
  private static final int[] SIX_PLACES = places(6);

  /// The lanes of the second word of 8 codes of 4 bits.
  private static final VectorMask<Integer> SECOND = VectorMask.fromLong(INTS, 0xff00);

  /// The bytes in which codes of 6 bits begin, and the next.
  private static final VectorShuffle<Integer> SIX_LOWER =
      VectorShuffle.fromOp(INTS, i -> i * 6 / Byte.SIZE);

  private static final VectorShuffle<Integer> SIX_UPPER =
      VectorShuffle.fromOp(INTS, i -> i * 6 / Byte.SIZE + 1);

  private VectorWiden() {}

  /// Where in words of 32 bits, or of 8, codes of 4 bits or of 6 begin.
  private static int[] places(int bits) {
    int[] places = new int[LANES];
    int word = bits == 4 ? Integer.SIZE : Byte.SIZE;
    Arrays.setAll(places, i -> i * bits % word);
    return places;
  }

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
    for (int v = 0; v < count >> SHIFT; v++) {
      ByteVector codes = ByteVector.fromMemorySegment(BYTES, x, at + (long) LANES * v, ORDER);
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
          .mul(factors[v >>> shift - SHIFT])
          .mul(tensorScale)
          .intoMemorySegment(out, outAt + (long) STEP * v, ORDER);
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
    for (int v = 0; v < (count >> SHIFT) - 1; v++) {
      ByteVector codes =
          ByteVector.fromMemorySegment(BYTES, x, at + 6L * LANES / Byte.SIZE * v, ORDER);
      IntVector bytes = (IntVector) codes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
      IntVector upper = bytes.rearrange(SIX_UPPER).lanewise(LSHL, Byte.SIZE);
      IntVector code = bytes.rearrange(SIX_LOWER).or(upper).lanewise(LSHR, places);
      IntVector moved = code.and(31).lanewise(LSHL, up).add(base);
      FloatVector x2 = moved.reinterpretAsFloats().mul(2);
      IntVector bits = x2.sub(step).reinterpretAsInts().min(moved);
      bits.or(code.lanewise(LSHL, 26).and(Integer.MIN_VALUE))
          .reinterpretAsFloats()
          .mul(factors[v >>> shift - SHIFT])
          .mul(tensorScale)
          .intoMemorySegment(out, outAt + (long) STEP * v, ORDER);
    }
    for (int i = Math.max(0, count - LANES); i < count; i += Byte.SIZE) {
      eight(format, x, at, i, factors[i >>> shift], tensorScale, out, outAt);
    }
  }

  /// Eight codes of 6 bits from number `first` on. A vector of the last ones would go too far.
  private static void eight(
      Widen format,
      MemorySegment x,
      long at,
      int first,
      float factor,
      float tensorScale,
      MemorySegment out,
      long outAt) {
    for (int i = first; i < first + 8; i += 4) {
      long byteAt = at + i * 3L / 4;
      int word =
          x.get(ValueLayout.JAVA_BYTE, byteAt) & 0xff
              | (x.get(ValueLayout.JAVA_BYTE, byteAt + 1) & 0xff) << 8
              | (x.get(ValueLayout.JAVA_BYTE, byteAt + 2) & 0xff) << 16;
      for (int j = 0; j < 4; j++) {
        int code = word >>> 6 * j;
        float moved = Float.intBitsToFloat(((code & 31) << format.up()) + format.base());
        float value = Math.min(moved, 2 * moved - format.step());
        float signed = (code & 32) == 0 ? value : -value;
        out.set(Packed.FLOAT, outAt + 4L * (i + j), signed * factor * tensorScale);
      }
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
    for (int v = 0; v < count >> SHIFT; v++) {
      long from = at + LANES / 2L * v;
      IntVector word = IntVector.broadcast(INTS, x.get(Packed.INT, from));
      if (LANES > 8) {
        word = word.blend(x.get(Packed.INT, from + 4), SECOND);
      }
      IntVector code = word.lanewise(LSHR, places);
      IntVector moved = code.and(7).lanewise(LSHL, up).add(base);
      FloatVector x2 = moved.reinterpretAsFloats().mul(2);
      IntVector bits = x2.sub(step).reinterpretAsInts().min(moved);
      bits.or(code.lanewise(LSHL, 28).and(Integer.MIN_VALUE))
          .reinterpretAsFloats()
          .mul(factors[v >>> shift - SHIFT])
          .mul(tensorScale)
          .intoMemorySegment(out, outAt + (long) STEP * v, ORDER);
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
    for (int v = 0; v < count >> SHIFT; v++) {
      ByteVector codes = ByteVector.fromMemorySegment(BYTES, x, at + (long) LANES * v, ORDER);
      IntVector code = (IntVector) codes.convertShape(B2I, INTS, 0);
      FloatVector value = (FloatVector) code.convert(I2F, 0);
      value
          .mul(UNIT)
          .mul(factors[v >>> shift - SHIFT])
          .mul(tensorScale)
          .intoMemorySegment(out, outAt + (long) STEP * v, ORDER);
    }
  }
}
