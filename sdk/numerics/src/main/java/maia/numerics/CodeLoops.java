package maia.numerics;

/// Loops of conversions that exist twice, with and without the Vector API, and give the same bits.
/// Arguments are checked.
interface CodeLoops {
  /// The fastest that is ready, for about `work` elements.
  static CodeLoops current(long work) {
    return WarmUp.codes(work);
  }

  /// The codes of `from[at..at+count]`, of at most 8 bits, one per byte.
  void encode(Narrow format, float[] from, int at, int count, byte[] to, int toAt);

  /// The codes of at most 8 bits, one per byte, of each block times its factor. `format` has the
  /// default rules.
  void encode(
      Narrow format,
      float[] from,
      int at,
      int block,
      int blocks,
      float[] factors,
      byte[] to,
      int toAt);

  /// The codes of `from[at..at+count]`, of at most 16 bits.
  void encode(Narrow format, float[] from, int at, int count, short[] to, int toAt);

  /// Replaces values by those of their codes; `format` has the default rules.
  void round(Narrow format, float[] x, int at, int count);

  /// The bits of the largest magnitude of each of `blocks` blocks of `block` elements. A NaN is
  /// larger than infinity.
  void largest(float[] x, int at, int block, int blocks, int[] to);

  /// Each block times its factor; `x` and `out` may be the same place.
  void multiply(float[] x, int at, int block, int blocks, float[] factors, float[] out, int outAt);

  /// Each block divided by its divisor; `x` and `out` may be the same place.
  void divide(float[] x, int at, int block, int blocks, float[] divisors, float[] out, int outAt);
}
