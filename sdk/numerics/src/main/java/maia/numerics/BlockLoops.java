package maia.numerics;

import java.lang.foreign.MemorySegment;

/// Loops of packed and block formats on memory ([Direct]), part of [MemoryLoops]. Places in memory
/// are bytes; counts of elements are multiples of [#STEP]. Arrays with an entry per block have room
/// for [#SLACK] more.
///
/// Loops with a place `next` also read `count` elements from there, which are wanted next, so that
/// they come while this one computes; what they return depends on them and says nothing.
interface BlockLoops {
  /// Elements that are taken together.
  int STEP = 16;

  /// Entries that vectors may touch beyond the last block.
  int SLACK = 8;

  /// Bits of 2^126: below it, scales and their reciprocals are normal whatever the rule.
  int ORDINARY = 0x7e800000;

  /// The shift where all elements have one factor.
  int ALL = Integer.SIZE - 1;

  /// Whether [#codes] gives the codes of `format`.
  boolean takes(Narrow format);

  /// The bits of the largest magnitude of each block of `block` elements, a power of two. A NaN is
  /// larger than infinity.
  void largest(MemorySegment x, long at, int block, int blocks, int[] to);

  /// Scales that are powers of two from the bits of the largest magnitudes: the exponent field
  /// after adding `add`, less `less` and not below zero. Writes E8M0 codes and the factors of the
  /// elements. Returns false where a magnitude is neither zero nor normal and below [#ORDINARY]:
  /// what is written for that block means nothing.
  boolean powers(
      int[] largest, int blocks, int add, int less, byte[] codes, int codesAt, float[] factors);

  /// NVFP4's scales by [NvOrder#DIVIDE]: writes UE4M3 codes and the divisors of the elements.
  /// Returns false where a magnitude or a divisor is not normal and below [#ORDINARY]: what is
  /// written for that block means nothing.
  boolean fractions(
      int[] largest, int blocks, float tensorScale, byte[] codes, int codesAt, float[] divisors);

  /// The bits of the largest magnitude of all; that of a NaN is larger than infinity.
  int largest(MemorySegment x, long at, int count);

  /// Quotients of elements by the divisor of every 2^`shift` elements.
  int divide(
      MemorySegment x,
      long at,
      long next,
      int count,
      int shift,
      float[] divisors,
      MemorySegment out,
      long outAt);

  /// The codes, one per byte and to the nearest (ties to even), of products of elements with the
  /// factor of every 2^`shift` elements. What NaN becomes means nothing.
  int codes(
      Narrow format,
      MemorySegment x,
      long at,
      long next,
      int count,
      int shift,
      float[] factors,
      MemorySegment out,
      long outAt);

  /// The codes of products in 64ths, from -127 to 127: elements of MXINT8.
  int integers(
      MemorySegment x,
      long at,
      long next,
      int count,
      int shift,
      float[] factors,
      MemorySegment out,
      long outAt);

  /// Packs codes of 4 or 6 bits that lie one per byte.
  void pack(MemorySegment codes, long at, int count, int bits, MemorySegment out, long outAt);

  /// (value * factor) * `tensorScale` of packed codes, with a factor for every 2^`shift` elements.
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
