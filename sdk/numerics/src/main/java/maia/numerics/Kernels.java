package maia.numerics;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Inner loops that exist twice, with and without the Vector API, and give the same bits. Arguments
/// are checked.
interface Kernels {
  /// The fastest that is ready, for about `work` elements or multiply-adds of work.
  static Kernels current(long work) {
    return WarmUp.current(work);
  }

  /// The register tile of matrix products, or null where packing does not pay.
  @Nullable Tile tile();

  /// Adds element `i` of `x[at..at+count]` to `lanes[i % 16]`; `count` is a multiple of 16.
  void addToLanes(float[] x, int at, int count, float[] lanes);

  /// The largest element, NaN passed over, plus zero above minus zero; NaN for none.
  float max(float[] x, int at, int count);

  /// Replaces `x` by x - `shift` and adds the square of that to `lanes[i % 16]`; `count` is a
  /// multiple of 16.
  void squaresToLanes(float[] x, int at, int count, float shift, float[] lanes);

  /// exp(x - shift).
  void expMinus(float[] in, int at, float shift, float[] out, int outAt, int count);

  /// Whether [#pair] is there.
  boolean hasPairs();

  /// `out = a op b` on fp32 in memory ([Direct]); places count elements.
  void pair(
      Elementwise.Pair op,
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      MemorySegment out,
      long outAt,
      int count);

  /// The same with one `b` for all.
  void pair(
      Elementwise.Pair op,
      MemorySegment a,
      long aAt,
      float b,
      MemorySegment out,
      long outAt,
      int count);

  /// See [Fmath#exp(float\[\], int, float\[\], int, int)].
  void exp(float[] in, int at, float[] out, int outAt, int count);

  /// See [Fmath#exp2(float\[\], int, float\[\], int, int)].
  void exp2(float[] in, int at, float[] out, int outAt, int count);

  /// See [Fmath#log(float\[\], int, float\[\], int, int)].
  void log(float[] in, int at, float[] out, int outAt, int count);

  /// See [Fmath#log2(float\[\], int, float\[\], int, int)].
  void log2(float[] in, int at, float[] out, int outAt, int count);

  /// See [Fmath#tanh(float\[\], int, float\[\], int, int)].
  void tanh(float[] in, int at, float[] out, int outAt, int count);

  /// See [Fmath#erf(float\[\], int, float\[\], int, int)].
  void erf(float[] in, int at, float[] out, int outAt, int count);

  /// See [Fmath#sigmoid(float\[\], int, float\[\], int, int)].
  void sigmoid(float[] in, int at, float[] out, int outAt, int count);
}
