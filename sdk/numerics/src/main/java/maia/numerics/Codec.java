package maia.numerics;

import java.lang.foreign.MemorySegment;

/// Converts between values and the codes of one scalar type. Conversions are exact: one rounding,
/// from the bits of the value. A thread may write packed sub-byte elements only where no other
/// thread writes the same byte.
///
/// Floating-point types follow [FloatFormat]; the open choices are:
/// - NaN becomes the positive quiet NaN; finite-only formats (FP6, FP4) take their largest value.
/// - [Rounding#TOWARD_ZERO] never carries a finite value over the largest finite code.
/// - Formats without a sign turn values below zero into NaN.
/// - E8M0 has no zero: 0 and everything below 2^-127 becomes 2^-127 (code 0); a tie goes up.
///
/// The bulk methods and `round` copy binary32 to F32 unchanged, infinities included.
///
/// Integers round, then saturate in both overflow modes; NaN becomes 0. BOOL is 1 for anything but
/// zero. TF32 codes have 19 bits and lie in the upper bits of a 32-bit word in memory.
public sealed interface Codec permits FloatCodec, PlainCodec {
  /// The codec of `type`.
  static Codec of(DType type) {
    return Codecs.of(type);
  }

  /// The type whose codes these are.
  DType type();

  /// The code of `value`, in the low bits. Stochastic rounding draws for element 0.
  default int encode(double value, Rounding rounding, Overflow overflow) {
    return encode(value, rounding, overflow, 0);
  }

  /// The code of `value`; `index` is the element number for stochastic rounding. Types of 64 bits
  /// have no code of this kind and are refused.
  int encode(double value, Rounding rounding, Overflow overflow, long index);

  /// The value of `code`, exact (an integer beyond 2^24 is rounded to the nearest float).
  float decode(int code);

  /// Reads `count` elements with storage indices `first`, `first + stride`, ... into `to[at..]`.
  void decode(MemorySegment from, long first, long stride, int count, float[] to, int at);

  /// Writes `from[at..at+count]` to storage indices `first`, `first + stride`, ... rounding to the
  /// nearest (ties to even) and saturating.
  void encode(float[] from, int at, int count, MemorySegment to, long first, long stride);

  /// Writes as [#encode(float[], int, int, MemorySegment, long, long)] with these rules; the
  /// storage index is the element number for stochastic rounding.
  void encode(
      float[] from,
      int at,
      int count,
      MemorySegment to,
      long first,
      long stride,
      Rounding rounding,
      Overflow overflow);

  /// The nearest value of the type (ties to even), saturating.
  float round(float x);

  /// Rounds `x[at..at+count]` in place as [#round(float)].
  default void round(float[] x, int at, int count) {
    for (int i = at; i < at + count; i++) {
      x[i] = round(x[i]);
    }
  }
}
