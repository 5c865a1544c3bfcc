package maia.numerics;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Inner loops that exist twice, with and without the Vector API, and give the same bits. Arguments
/// are checked.
interface Kernels {
  /// Loops that take over together, because one kind of work needs them.
  enum Kind {
    /// [#tile], for products of fp32 in memory.
    PRODUCTS,
    /// What [#tile] needs besides for operands of another type or layout.
    PACKING,
    /// [Tile#multiplyAddRows].
    ATTENTION,
    /// [#addToLanes].
    SUM,
    /// [#max].
    LARGEST,
    /// [#squaresToLanes].
    SQUARES,
    /// [#pair] with [Elementwise.Pair#ADD].
    ADD,
    /// [#pair] with [Elementwise.Pair#SUB].
    SUB,
    /// [#pair] with [Elementwise.Pair#MUL].
    MUL,
    /// [#pair] with [Elementwise.Pair#DIV].
    DIV,
    /// [#expMinus].
    EXP_MINUS,
    /// [#weigh].
    WEIGH,
    /// [#exp].
    EXP,
    /// [#exp2].
    EXP2,
    /// [#log].
    LOG,
    /// [#log2].
    LOG2,
    /// [#tanh].
    TANH,
    /// [#erf].
    ERF,
    /// [#sigmoid].
    SIGMOID;

    /// The loops of an operation on two elements.
    static Kind of(Elementwise.Pair op) {
      return switch (op) {
        case ADD -> ADD;
        case SUB -> SUB;
        case MUL -> MUL;
        case DIV -> DIV;
      };
    }

    /// Whether an element takes more than a few operations.
    boolean isFunction() {
      return compareTo(EXP_MINUS) >= 0;
    }
  }

  /// The fastest loops of a kind that are ready, for about `work` elements or multiply-adds of
  /// work.
  static Kernels current(Kind kind, long work) {
    return WarmUp.current(kind, work);
  }

  /// The tile with which loops of both kinds are ready, or null.
  static @Nullable Tile tile(Kind first, Kind second, long work) {
    Tile tile = current(first, work).tile();
    Tile other = current(second, work).tile();
    return tile == null ? null : other;
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

  /// Multiplies scores by `scale`, replaces them by their softmax, as [RowMath#softmax], and
  /// returns true; or, where they spread too far or are not finite, or vectors are not there, only
  /// multiplies them.
  boolean weigh(float[] x, int at, int count, float scale);

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
