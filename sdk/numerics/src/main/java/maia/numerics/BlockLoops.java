package maia.numerics;

import java.lang.foreign.MemorySegment;

/// Loops of packed and block formats on memory ([Direct]), part of [MemoryLoops]. Places in memory
/// are bytes. Arrays with an entry per block have room for [#SLACK] more.
interface BlockLoops {
  /// Elements of a block whose scale is a power of two.
  int BLOCK = 32;

  /// Elements of a block whose scale is a fraction.
  int SMALL_BLOCK = 16;

  /// Elements that [#values] takes together.
  int STEP = 16;

  /// Entries that vectors may touch beyond the last block.
  int SLACK = 16;

  /// Bits of 2^126: below it, scales and their reciprocals are normal whatever the rule.
  int ORDINARY = 0x7e800000;

  /// The shift where all elements have one factor.
  int ALL = Integer.SIZE - 1;

  /// Whether [#codes] gives the codes of `format`.
  boolean takes(Narrow format);

  /// The bits of the largest magnitude of all; that of a NaN is larger than infinity. `count` is a
  /// multiple of [#STEP].
  int largest(MemorySegment x, long at, int count);

  /// Elements of a part: no more than [#BLOCK], a power of two. Blocks whose scale is a power of
  /// two are a number of parts.
  int part();

  /// The largest magnitudes of so many parts, lane by lane, which [#join] takes.
  void parts(MemorySegment x, long at, int parts, int[] to);

  /// Entries per part in such an array.
  int lanes();

  /// Makes the largest magnitudes of `blocks` blocks of `each` parts out of what [#parts] or
  /// [#codes] found; `largest` has room for [#SLACK] parts more.
  void join(int[] largest, int each, int blocks);

  /// E8M0 codes by `rule` of blocks with these largest magnitudes, and the factors of their
  /// elements. Returns false where a largest magnitude is neither zero nor normal and below
  /// [#ORDINARY]: what is written for that block means nothing.
  boolean powers(int[] largest, int blocks, Powers rule, byte[] codes, float[] factors);

  /// Packed codes of `bits` bits (8, 6 or 4), to the nearest (ties to even), of the elements of
  /// `parts` parts times the factors of their blocks, each of 2^`shift` parts; and `next`, what
  /// [#parts] finds of as many parts from place `ahead` on. Their elements are a multiple of
  /// [#BLOCK].
  void codes(
      Narrow format,
      int bits,
      MemorySegment x,
      long at,
      int parts,
      float[] factors,
      int shift,
      MemorySegment out,
      long outAt,
      long ahead,
      int[] next);

  /// The same with codes in 64ths, from -127 to 127: MXINT8.
  void integers(
      MemorySegment x,
      long at,
      int parts,
      float[] factors,
      int shift,
      MemorySegment out,
      long outAt,
      long ahead,
      int[] next);

  /// The bits of the largest magnitude of each block of [#SMALL_BLOCK] elements.
  void largest(MemorySegment x, long at, int blocks, int[] to);

  /// NVFP4's scales by [NvOrder#DIVIDE]: writes UE4M3 codes and the divisors of the elements.
  /// Returns false where a magnitude or a divisor is not normal and below [#ORDINARY]: what is
  /// written for that block means nothing.
  boolean fractions(
      int[] largest, int blocks, float tensorScale, byte[] codes, int codesAt, float[] divisors);

  /// Packed codes of 4 bits of elements over the divisors of their blocks of [#SMALL_BLOCK].
  void quotients(
      Narrow format,
      MemorySegment x,
      long at,
      int blocks,
      float[] divisors,
      MemorySegment out,
      long outAt);

  /// (value * factor) * `tensorScale` of packed codes, with a factor for every 2^`shift` elements;
  /// `count` is a multiple of [#STEP].
  void values(
      Widen format,
      MemorySegment x,
      long at,
      int count,
      int shift,
      float[] factors,
      float tensorScale,
      MemorySegment out,
      long outAt);
}
