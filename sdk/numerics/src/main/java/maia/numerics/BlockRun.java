package maia.numerics;

import java.lang.foreign.MemorySegment;

/// Quantizes blocks whose scales are powers of two and that lie one after the other in memory
/// ([Direct]), group by group: the scales of a group from the largest magnitudes that the group
/// before has found, then its codes.
///
/// @param loops the loops
/// @param format the format of elements; of integers any
/// @param isInteger whether elements are integers in 64ths
/// @param bits bits of an element
/// @param block elements of a block, a power of two
/// @param rule the rule of scales
/// @param from what is quantized
/// @param to where codes go
record BlockRun(
    BlockLoops loops,
    Narrow format,
    boolean isInteger,
    int bits,
    int block,
    Powers rule,
    MemorySegment from,
    MemorySegment to) {
  /// Elements of a group, which the first cache keeps.
  private static final int GROUP = 2048;

  /// Blocks that are larger than a group make a group of one.
  static final int LARGEST = 8 * GROUP;

  /// What is done with a group of blocks.
  @FunctionalInterface
  interface Group {
    /// Takes `count` blocks from number `first` on with the codes of their scales, which are gone
    /// when anything else is converted; some have no ordinary scale where `ordinary` is false (see
    /// [BlockLoops#powers]).
    void take(long first, int count, boolean ordinary, byte[] scales);
  }

  /// Whether there are loops for blocks of this many elements.
  static boolean fits(int block) {
    return Integer.bitCount(block) == 1 && block >= BlockLoops.BLOCK && block <= LARGEST;
  }

  /// Quantizes `blocks` blocks from byte `at` on to codes from byte `toAt` on.
  void run(long at, long blocks, long toAt, Group taker) {
    int each = block / loops.part();
    int shift = Integer.numberOfTrailingZeros(each);
    int group = Math.max(1, GROUP / block);
    int room = group + BlockLoops.SLACK;
    int[] largest = Scratch.magnitudes((group * each + BlockLoops.SLACK) * loops.lanes());
    byte[] scales = Scratch.bytes(room);
    float[] factors = Scratch.floats(Scratch.Slot.FACTORS, room);
    loops.parts(from, at, (int) Math.min(group, blocks) * each, largest);
    for (long b = 0; b < blocks; b += group) {
      int count = (int) Math.min(group, blocks - b);
      int parts = count * each;
      loops.join(largest, each, count);
      boolean ordinary = loops.powers(largest, count, rule, scales, factors);
      long place = at + Float.BYTES * b * block;
      long target = toAt + b * block * bits / Byte.SIZE;
      long next = place + (long) Float.BYTES * count * block;
      if (blocks - b >= 2L * group) {
        codes(place, parts, factors, shift, target, next, largest);
      } else {
        codes(place, parts, factors, shift, target, place, largest);
        loops.parts(from, next, (int) (blocks - b - count) * each, largest);
      }
      taker.take(b, count, ordinary, scales);
    }
  }

  private void codes(
      long at, int parts, float[] factors, int shift, long target, long ahead, int[] largest) {
    if (isInteger) {
      loops.integers(from, at, parts, factors, shift, to, target, ahead, largest);
    } else {
      loops.codes(format, bits, from, at, parts, factors, shift, to, target, ahead, largest);
    }
  }
}
