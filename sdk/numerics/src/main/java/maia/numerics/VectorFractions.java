package maia.numerics;

import static jdk.incubator.vector.VectorOperators.I2B;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Quantizing to NVFP4 on vectors of 256 bits, by [NvOrder#DIVIDE]: blocks of 16 whose scales are
/// fractions. Written out as [VectorBlocks] and for its reasons; the only vectors of bytes with
/// another shape go to arrays, where no others go.
final class VectorFractions {
  private static final VectorSpecies<Float> FLOATS = VectorBlocks.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorBlocks.INTS;
  private static final VectorSpecies<Byte> BYTES = VectorBlocks.BYTES;
  private static final ByteOrder ORDER = VectorBlocks.ORDER;
  private static final int SIZE = VectorBlocks.SIZE;
  private static final int LANES = VectorBlocks.LANES;
  private static final int STEP = VectorBlocks.STEP;
  private static final int VECTORS = BlockLoops.SMALL_BLOCK / LANES;
  private static final int HIDDEN = 1 << Narrow.FRACTION;

  private VectorFractions() {}

  /// The bits of the largest magnitude of each block.
  static void largest(MemorySegment x, long at, int blocks, int[] to) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int b = 0; b < blocks; b++) {
      IntVector most = IntVector.zero(INTS);
      for (int v = 0; v < VECTORS; v++) {
        long from = at + 64L * b + (long) STEP * v;
        most = most.max(IntVector.fromMemorySegment(INTS, x, from, ORDER).and(SIZE));
      }
      to[b] = most.reduceLanes(MAX);
    }
  }

  /// See [BlockLoops#fractions].
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

  /// Codes of `bits` bits, each in the upper bits of a byte, of quotients by the divisor of every
  /// block. A NaN becomes anything.
  static void quotients(
      Narrow format,
      int bits,
      MemorySegment x,
      long at,
      int blocks,
      float[] divisors,
      MemorySegment out,
      long outAt) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int addend = format.addend();
    int joint = format.joint(bits);
    for (int v = 0; v < blocks * VECTORS; v++) {
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, at + (long) STEP * v, ORDER);
      IntVector bits0 = x0.div(divisors[v / VECTORS]).reinterpretAsInts();
      IntVector near = bits0.and(SIZE).min(limit);
      IntVector magic = near.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum = near.reinterpretAsFloats().add(magic.reinterpretAsFloats());
      IntVector joined = sum.reinterpretAsInts().mul(joint).or(bits0.and(Integer.MIN_VALUE));
      ((ByteVector) joined.lanewise(LSHR, VectorBlocks.DOWN).convertShape(I2B, BYTES, 0))
          .intoMemorySegment(out, outAt + (long) LANES * v, ORDER);
    }
  }
}
