package maia.numerics;

import static jdk.incubator.vector.VectorOperators.I2B;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/// Quantizing to NVFP4 on vectors of 256 bits, by [NvOrder#DIVIDE]: blocks of 16 whose scales are
/// fractions. Written out as [VectorBlocks] and for its reasons; the only vectors of bytes with
/// another shape go to arrays, where no others go.
final class VectorFractions {
  private static final VectorSpecies<Float> FLOATS = VectorBlocks.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorBlocks.INTS;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_64;
  private static final ByteOrder ORDER = VectorBlocks.ORDER;
  private static final int SIZE = VectorBlocks.SIZE;
  private static final int LANES = 8;
  private static final int LOADED = 4 * LANES;
  private static final int HIDDEN = 1 << Narrow.FRACTION;

  private VectorFractions() {}

  /// The bits of the largest magnitude of each block.
  static void largest(MemorySegment x, long at, int blocks, int[] to) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int b = 0; b < blocks; b++) {
      IntVector x0 = IntVector.fromMemorySegment(INTS, x, at + 64L * b, ORDER);
      IntVector x1 = IntVector.fromMemorySegment(INTS, x, at + 64L * b + LOADED, ORDER);
      to[b] = x0.and(SIZE).max(x1.and(SIZE)).reduceLanes(MAX);
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

  /// Codes of 4 bits, packed, of quotients by the divisor of every block, two blocks at a time. A
  /// NaN becomes anything.
  static void quotients(
      Narrow format,
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
    int joint = format.joint(4);
    for (int b = 0; b < blocks >> 1; b++) {
      FloatVector first = FloatVector.broadcast(FLOATS, divisors[2 * b]);
      FloatVector second = FloatVector.broadcast(FLOATS, divisors[2 * b + 1]);
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b, ORDER);
      IntVector bits0 = x0.div(first).reinterpretAsInts();
      IntVector near0 = bits0.and(SIZE).min(limit);
      IntVector magic0 = near0.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum0 = near0.reinterpretAsFloats().add(magic0.reinterpretAsFloats());
      IntVector code0 = sum0.reinterpretAsInts().mul(joint).or(bits0.and(Integer.MIN_VALUE));
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b + 32, ORDER);
      IntVector bits1 = x1.div(first).reinterpretAsInts();
      IntVector near1 = bits1.and(SIZE).min(limit);
      IntVector magic1 = near1.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum1 = near1.reinterpretAsFloats().add(magic1.reinterpretAsFloats());
      IntVector code1 = sum1.reinterpretAsInts().mul(joint).or(bits1.and(Integer.MIN_VALUE));
      FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b + 64, ORDER);
      IntVector bits2 = x2.div(second).reinterpretAsInts();
      IntVector near2 = bits2.and(SIZE).min(limit);
      IntVector magic2 = near2.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum2 = near2.reinterpretAsFloats().add(magic2.reinterpretAsFloats());
      IntVector code2 = sum2.reinterpretAsInts().mul(joint).or(bits2.and(Integer.MIN_VALUE));
      FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b + 96, ORDER);
      IntVector bits3 = x3.div(second).reinterpretAsInts();
      IntVector near3 = bits3.and(SIZE).min(limit);
      IntVector magic3 = near3.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum3 = near3.reinterpretAsFloats().add(magic3.reinterpretAsFloats());
      IntVector code3 = sum3.reinterpretAsInts().mul(joint).or(bits3.and(Integer.MIN_VALUE));
      IntVector low0 = code0.lanewise(LSHR, 28).or(code1.lanewise(LSHR, 20));
      IntVector high0 = code2.lanewise(LSHR, 28).or(code3.lanewise(LSHR, 20));
      IntVector all = low0.or(high0.lanewise(LSHL, 16));
      IntVector twos = all.or(all.rearrange(VectorBlocks.NEIGHBOURS).lanewise(LSHL, 4));
      ByteVector bytes = twos.reinterpretAsBytes().rearrange(VectorBlocks.PAIRS);
      LongVector packed = bytes.reinterpretAsLongs();
      out.set(Packed.LONG, outAt + 16L * b, packed.lane(0));
      out.set(Packed.LONG, outAt + 16L * b + 8, packed.lane(1));
    }
  }
}
