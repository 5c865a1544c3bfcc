package maia.numerics;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Quantizing blocks of 32 elements with scales that are powers of two, on vectors of 256 bits, in
/// one pass over memory: while the codes of a block are made, the largest magnitude of the block
/// three further on is found, so that neither waits for the other.
///
/// The expression stands in the loop, once for codes in bytes and once for packed ones: a helper
/// that C2 has compiled by itself before is not always inlined, and then takes and returns vectors
/// as objects. All vectors of a kind of lanes have one shape: with two, C2 makes objects as well
/// (decision 072).
final class VectorBlocks {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_256;
  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  static final int SIZE = Integer.MAX_VALUE;

  /// Bytes of 32 bytes whose fours are elements i, 8 + i, 16 + i, 24 + i.
  static final VectorShuffle<Byte> IN_ORDER =
      VectorShuffle.fromOp(ByteVector.SPECIES_256, i -> i % 8 * 4 + i / 8);

  /// The first four of each eight, in the order of elements 2i, 8 + 2i, 16 + 2i, 24 + 2i.
  static final VectorShuffle<Byte> PAIRS =
      VectorShuffle.fromOp(ByteVector.SPECIES_256, i -> i < 16 ? i % 4 * 8 + i / 4 : i);

  static final VectorShuffle<Integer> NEIGHBOURS = VectorShuffle.fromOp(INTS, i -> i ^ 1);

  /// Fields of 6, 12 and 24 bits, and where their neighbours go.
  private static final long PAIR_LOW = 0x003f003f003f003fL;

  private static final long PAIR_HIGH = 0x0fc00fc00fc00fc0L;
  private static final long FOUR_LOW = 0x00000fff00000fffL;
  private static final long FOUR_HIGH = 0x00fff00000fff000L;
  private static final long EIGHT_LOW = 0x0000000000ffffffL;
  private static final long EIGHT_HIGH = 0x0000ffffff000000L;

  private static final int BLOCK = BlockLoops.BLOCK;
  private static final int AHEAD = 3;
  private static final int HIDDEN = 1 << Narrow.FRACTION;
  private static final int E8M0_FACTOR = 254;
  private static final float SIXTY_FOURTHS = Fmath.ROUND / 64;
  private static final int MOST = 127;

  private VectorBlocks() {}

  static int largest(MemorySegment x, long at, int count) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector low = IntVector.zero(INTS);
    IntVector high = IntVector.zero(INTS);
    for (int v = 0; v < count >> 4; v++) {
      IntVector x0 = IntVector.fromMemorySegment(INTS, x, at + 64L * v, ORDER);
      IntVector x1 = IntVector.fromMemorySegment(INTS, x, at + 64L * v + 32, ORDER);
      low = low.max(x0.and(SIZE));
      high = high.max(x1.and(SIZE));
    }
    return low.max(high).reduceLanes(MAX);
  }

  /// The largest magnitudes of the first blocks, which the loops begin with. In the loops' own
  /// methods it would be three loops more, too much for C2 to inline everything else.
  static int[] first(MemorySegment x, long at, int blocks) {
    int[] first = new int[AHEAD];
    for (int b = 0; b < Math.min(AHEAD, blocks); b++) {
      first[b] = largest(x, at + 128L * b, BLOCK);
    }
    return first;
  }

  /// Codes of `bits` bits, one per byte; see [BlockLoops#quantize].
  static boolean bytes(
      Narrow format,
      int bits,
      int[] first,
      MemorySegment x,
      long at,
      int blocks,
      Powers rule,
      MemorySegment out,
      long outAt,
      byte[] scales) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int addend = format.addend();
    int joint = format.joint(bits);
    int down = Integer.SIZE - bits;
    int lower = down - Byte.SIZE;
    int mask = rule.mask();
    int add = rule.add();
    int less = rule.less();
    int least = Integer.MAX_VALUE;
    int most = 0;
    int size0 = first[0];
    int size1 = first[1];
    int size2 = first[2];
    for (int b = 0; b < blocks; b++) {
      long to = at + 128L * Math.min(b + AHEAD, blocks - 1);
      IntVector n0 = IntVector.fromMemorySegment(INTS, x, to, ORDER);
      IntVector n1 = IntVector.fromMemorySegment(INTS, x, to + 32, ORDER);
      IntVector n2 = IntVector.fromMemorySegment(INTS, x, to + 64, ORDER);
      IntVector n3 = IntVector.fromMemorySegment(INTS, x, to + 96, ORDER);
      IntVector most0 = n0.and(SIZE).max(n1.and(SIZE));
      IntVector most1 = n2.and(SIZE).max(n3.and(SIZE));
      int code = Math.max(0, ((size0 & mask) + add >>> Narrow.FRACTION) - less);
      least = Math.min(least, size0 - 1 & Integer.MAX_VALUE); // zero is ordinary
      most = Math.max(most, size0);
      size0 = size1;
      size1 = size2;
      size2 = most0.max(most1).reduceLanes(MAX);
      scales[b] = (byte) code;
      int exponent = E8M0_FACTOR - code << Narrow.FRACTION;
      FloatVector factor = IntVector.broadcast(INTS, exponent).reinterpretAsFloats();
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b, ORDER);
      IntVector bits0 = x0.mul(factor).reinterpretAsInts();
      IntVector near0 = bits0.and(SIZE).min(limit);
      IntVector magic0 = near0.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum0 = near0.reinterpretAsFloats().add(magic0.reinterpretAsFloats());
      IntVector code0 = sum0.reinterpretAsInts().mul(joint).or(bits0.and(Integer.MIN_VALUE));
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b + 32, ORDER);
      IntVector bits1 = x1.mul(factor).reinterpretAsInts();
      IntVector near1 = bits1.and(SIZE).min(limit);
      IntVector magic1 = near1.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum1 = near1.reinterpretAsFloats().add(magic1.reinterpretAsFloats());
      IntVector code1 = sum1.reinterpretAsInts().mul(joint).or(bits1.and(Integer.MIN_VALUE));
      FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b + 64, ORDER);
      IntVector bits2 = x2.mul(factor).reinterpretAsInts();
      IntVector near2 = bits2.and(SIZE).min(limit);
      IntVector magic2 = near2.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum2 = near2.reinterpretAsFloats().add(magic2.reinterpretAsFloats());
      IntVector code2 = sum2.reinterpretAsInts().mul(joint).or(bits2.and(Integer.MIN_VALUE));
      FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b + 96, ORDER);
      IntVector bits3 = x3.mul(factor).reinterpretAsInts();
      IntVector near3 = bits3.and(SIZE).min(limit);
      IntVector magic3 = near3.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum3 = near3.reinterpretAsFloats().add(magic3.reinterpretAsFloats());
      IntVector code3 = sum3.reinterpretAsInts().mul(joint).or(bits3.and(Integer.MIN_VALUE));
      IntVector low0 = code0.lanewise(LSHR, down).or(code1.lanewise(LSHR, lower));
      IntVector high0 = code2.lanewise(LSHR, down).or(code3.lanewise(LSHR, lower));
      IntVector all = low0.or(high0.lanewise(LSHL, 16));
      all.reinterpretAsBytes().rearrange(IN_ORDER).intoMemorySegment(out, outAt + 32L * b, ORDER);
    }
    return least >= HIDDEN - 1 && most < BlockLoops.ORDINARY;
  }

  /// Codes of 4 bits, packed.
  static boolean fours(
      Narrow format,
      int[] first,
      MemorySegment x,
      long at,
      int blocks,
      Powers rule,
      MemorySegment out,
      long outAt,
      byte[] scales) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int limit = Float.floatToRawIntBits(format.largestValue());
    int low = format.lowest() << Narrow.FRACTION;
    int addend = format.addend();
    int joint = format.joint(4);
    int mask = rule.mask();
    int add = rule.add();
    int less = rule.less();
    int least = Integer.MAX_VALUE;
    int most = 0;
    int size0 = first[0];
    int size1 = first[1];
    int size2 = first[2];
    for (int b = 0; b < blocks; b++) {
      long to = at + 128L * Math.min(b + AHEAD, blocks - 1);
      IntVector n0 = IntVector.fromMemorySegment(INTS, x, to, ORDER);
      IntVector n1 = IntVector.fromMemorySegment(INTS, x, to + 32, ORDER);
      IntVector n2 = IntVector.fromMemorySegment(INTS, x, to + 64, ORDER);
      IntVector n3 = IntVector.fromMemorySegment(INTS, x, to + 96, ORDER);
      IntVector most0 = n0.and(SIZE).max(n1.and(SIZE));
      IntVector most1 = n2.and(SIZE).max(n3.and(SIZE));
      int code = Math.max(0, ((size0 & mask) + add >>> Narrow.FRACTION) - less);
      least = Math.min(least, size0 - 1 & Integer.MAX_VALUE); // zero is ordinary
      most = Math.max(most, size0);
      size0 = size1;
      size1 = size2;
      size2 = most0.max(most1).reduceLanes(MAX);
      scales[b] = (byte) code;
      int exponent = E8M0_FACTOR - code << Narrow.FRACTION;
      FloatVector factor = IntVector.broadcast(INTS, exponent).reinterpretAsFloats();
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b, ORDER);
      IntVector bits0 = x0.mul(factor).reinterpretAsInts();
      IntVector near0 = bits0.and(SIZE).min(limit);
      IntVector magic0 = near0.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum0 = near0.reinterpretAsFloats().add(magic0.reinterpretAsFloats());
      IntVector code0 = sum0.reinterpretAsInts().mul(joint).or(bits0.and(Integer.MIN_VALUE));
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b + 32, ORDER);
      IntVector bits1 = x1.mul(factor).reinterpretAsInts();
      IntVector near1 = bits1.and(SIZE).min(limit);
      IntVector magic1 = near1.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum1 = near1.reinterpretAsFloats().add(magic1.reinterpretAsFloats());
      IntVector code1 = sum1.reinterpretAsInts().mul(joint).or(bits1.and(Integer.MIN_VALUE));
      FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b + 64, ORDER);
      IntVector bits2 = x2.mul(factor).reinterpretAsInts();
      IntVector near2 = bits2.and(SIZE).min(limit);
      IntVector magic2 = near2.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum2 = near2.reinterpretAsFloats().add(magic2.reinterpretAsFloats());
      IntVector code2 = sum2.reinterpretAsInts().mul(joint).or(bits2.and(Integer.MIN_VALUE));
      FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b + 96, ORDER);
      IntVector bits3 = x3.mul(factor).reinterpretAsInts();
      IntVector near3 = bits3.and(SIZE).min(limit);
      IntVector magic3 = near3.and(Narrow.INFINITY).max(low).add(addend);
      FloatVector sum3 = near3.reinterpretAsFloats().add(magic3.reinterpretAsFloats());
      IntVector code3 = sum3.reinterpretAsInts().mul(joint).or(bits3.and(Integer.MIN_VALUE));
      IntVector low0 = code0.lanewise(LSHR, 28).or(code1.lanewise(LSHR, 20));
      IntVector high0 = code2.lanewise(LSHR, 28).or(code3.lanewise(LSHR, 20));
      IntVector all = low0.or(high0.lanewise(LSHL, 16));
      IntVector twos = all.or(all.rearrange(NEIGHBOURS).lanewise(LSHL, 4));
      LongVector packed = twos.reinterpretAsBytes().rearrange(PAIRS).reinterpretAsLongs();
      out.set(Packed.LONG, outAt + 16L * b, packed.lane(0));
      out.set(Packed.LONG, outAt + 16L * b + 8, packed.lane(1));
    }
    return least >= HIDDEN - 1 && most < BlockLoops.ORDINARY;
  }

  /// Packs codes of 6 bits that lie one per byte, 32 at a time. In one loop with what makes them it
  /// would be too much for C2 to inline.
  static void sixes(MemorySegment codes, long at, int blocks, MemorySegment out, long outAt) {
    if (codes.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int b = 0; b < blocks; b++) {
      ByteVector bytes = ByteVector.fromMemorySegment(BYTES, codes, at + 32L * b, ORDER);
      LongVector ones = bytes.reinterpretAsLongs();
      LongVector pairs = ones.and(PAIR_LOW).or(ones.lanewise(LSHR, 2).and(PAIR_HIGH));
      LongVector fours = pairs.and(FOUR_LOW).or(pairs.lanewise(LSHR, 4).and(FOUR_HIGH));
      LongVector eights = fours.and(EIGHT_LOW).or(fours.lanewise(LSHR, 8).and(EIGHT_HIGH));
      long second = eights.lane(1);
      long third = eights.lane(2);
      out.set(Packed.LONG, outAt + 24L * b, eights.lane(0) | second << 48);
      out.set(Packed.LONG, outAt + 24L * b + 8, second >>> 16 | third << 32);
      out.set(Packed.LONG, outAt + 24L * b + 16, third >>> 32 | eights.lane(3) << 16);
    }
  }

  /// Codes in 64ths, which are the last place of the sum; see [BlockLoops#integers].
  static boolean integers(
      int[] first,
      MemorySegment x,
      long at,
      int blocks,
      Powers rule,
      MemorySegment out,
      long outAt,
      byte[] scales) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    int zero = Float.floatToRawIntBits(SIXTY_FOURTHS);
    int mask = rule.mask();
    int add = rule.add();
    int less = rule.less();
    int least = Integer.MAX_VALUE;
    int most = 0;
    int size0 = first[0];
    int size1 = first[1];
    int size2 = first[2];
    for (int b = 0; b < blocks; b++) {
      long to = at + 128L * Math.min(b + AHEAD, blocks - 1);
      IntVector n0 = IntVector.fromMemorySegment(INTS, x, to, ORDER);
      IntVector n1 = IntVector.fromMemorySegment(INTS, x, to + 32, ORDER);
      IntVector n2 = IntVector.fromMemorySegment(INTS, x, to + 64, ORDER);
      IntVector n3 = IntVector.fromMemorySegment(INTS, x, to + 96, ORDER);
      IntVector most0 = n0.and(SIZE).max(n1.and(SIZE));
      IntVector most1 = n2.and(SIZE).max(n3.and(SIZE));
      int code = Math.max(0, ((size0 & mask) + add >>> Narrow.FRACTION) - less);
      least = Math.min(least, size0 - 1 & Integer.MAX_VALUE); // zero is ordinary
      most = Math.max(most, size0);
      size0 = size1;
      size1 = size2;
      size2 = most0.max(most1).reduceLanes(MAX);
      scales[b] = (byte) code;
      int exponent = E8M0_FACTOR - code << Narrow.FRACTION;
      FloatVector factor = IntVector.broadcast(INTS, exponent).reinterpretAsFloats();
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b, ORDER);
      IntVector sum0 = x0.mul(factor).add(SIXTY_FOURTHS).reinterpretAsInts();
      IntVector code0 = sum0.max(zero - MOST).min(zero + MOST);
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b + 32, ORDER);
      IntVector sum1 = x1.mul(factor).add(SIXTY_FOURTHS).reinterpretAsInts();
      IntVector code1 = sum1.max(zero - MOST).min(zero + MOST);
      FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b + 64, ORDER);
      IntVector sum2 = x2.mul(factor).add(SIXTY_FOURTHS).reinterpretAsInts();
      IntVector code2 = sum2.max(zero - MOST).min(zero + MOST);
      FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, x, at + 128L * b + 96, ORDER);
      IntVector sum3 = x3.mul(factor).add(SIXTY_FOURTHS).reinterpretAsInts();
      IntVector code3 = sum3.max(zero - MOST).min(zero + MOST);
      IntVector low0 = code0.and(0xff).or(code1.and(0xff).lanewise(LSHL, 8));
      IntVector high0 = code2.and(0xff).or(code3.lanewise(LSHL, 8));
      IntVector all = low0.or(high0.lanewise(LSHL, 16));
      all.reinterpretAsBytes().rearrange(IN_ORDER).intoMemorySegment(out, outAt + 32L * b, ORDER);
    }
    return least >= HIDDEN - 1 && most < BlockLoops.ORDINARY;
  }
}
