package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Loops on fp32 in memory ([Direct]) that vectors take over; whoever finds none goes by arrays,
/// with the same bits. Places are bytes.
interface MemoryLoops {
  /// Elements that [#map] and rows come in multiples of: the logical lanes of reductions.
  int GROUP = Reduce.LANES;

  /// Elements that [#narrow] comes in multiples of.
  int CODES = 64;

  /// Loops that take over together, because one kind of work needs them.
  enum Kind {
    /// [#sums].
    SUMS,
    /// [#addFour] and [#addOne].
    COLUMNS,
    /// [#extremes].
    EXTREMES,
    /// [#softmax].
    SOFTMAX,
    /// [#sums], [#squares], [#affine] and [#scaled].
    NORMS,
    /// [#map] with [Function#EXP].
    EXP,
    /// [#map] with [Function#TANH].
    TANH,
    /// [#map] with [Function#SIGMOID].
    SIGMOID,
    /// [#map] with [Function#GELU].
    GELU,
    /// [#map] with [Function#GELU_TANH].
    GELU_TANH,
    /// [#map] with [Function#SILU].
    SILU,
    /// [#narrow] to 16 bits and [#widen].
    HALVES,
    /// [#narrow] to 8 bits.
    BYTES,
    /// [BlockLoops#codes] to 8 bits.
    EIGHTS,
    /// [BlockLoops#codes] to 6 bits.
    SIXES,
    /// [BlockLoops#codes] to 4 bits.
    FOURS,
    /// [BlockLoops#integers].
    INTEGERS,
    /// [BlockLoops#fractions] and [BlockLoops#quotients].
    FRACTIONS,
    /// Loops of [#blocks] that read codes.
    DEQUANTIZE,
    /// [#turn].
    TURN;

    /// The loops that quantize to codes of so many bits.
    static Kind codes(int bits) {
      return switch (bits) {
        case 4 -> FOURS;
        case 6 -> SIXES;
        default -> EIGHTS;
      };
    }

    /// The loops of a function.
    static Kind of(Function f) {
      return switch (f) {
        case EXP -> EXP;
        case TANH -> TANH;
        case SIGMOID -> SIGMOID;
        case GELU -> GELU;
        case GELU_TANH -> GELU_TANH;
        case SILU -> SILU;
      };
    }
  }

  /// The loops, when those of this kind are ready, for about `work` elements of work.
  static Optional<MemoryLoops> current(Kind kind, long work) {
    return WarmUp.memory(kind, work);
  }

  /// `out = f(x)` of `count` elements, a multiple of [#GROUP]; `out` may be `x`. Returns how many
  /// are done, a multiple of [#GROUP] too: fewer than `count` where a value behind them needs the
  /// full function; the others are as they were.
  int map(Function f, MemorySegment x, long at, MemorySegment out, long outAt, int count);

  /// Adds element i of row r to `lanes[16 * r + i % 16]`; rows begin `step` bytes apart; `count` is
  /// a multiple of [#GROUP]. There are [#rowsAtOnce] rows.
  void sums(MemorySegment x, long at, long step, int count, float[] lanes);

  /// Rows that [#sums] and [#extremes] take.
  int rowsAtOnce();

  /// The largest or smallest element of each of [#rowsAtOnce] rows to `to`; infinity of the other
  /// sign, or a zero of any sign, where it may be something else. `count` is a multiple of
  /// [#GROUP].
  void extremes(boolean largest, MemorySegment x, long at, long step, int count, float[] to);

  /// Adds four rows, `step` bytes apart, one after the other to `lanes[lane..lane+count]`; `count`
  /// is a multiple of [#GROUP].
  void addFour(MemorySegment x, long at, long step, int count, float[] lanes, int lane);

  /// Adds one row to `lanes[lane..lane+count]`; `count` is a multiple of [#GROUP].
  void addOne(MemorySegment x, long at, int count, float[] lanes, int lane);

  /// exp(x - max) / sum of each of `rows` dense rows of `count` elements, a multiple of [#GROUP],
  /// to `out`. Returns how many rows are done: fewer than `rows` where a value of the next one
  /// needs the full function.
  int softmax(MemorySegment x, long at, MemorySegment out, long outAt, int count, int rows);

  /// Adds (x - shift)^2 to `lanes[i % 16]`; `count` is a multiple of [#GROUP].
  void squares(MemorySegment x, long at, int count, float shift, float[] lanes);

  /// (x - shift) * scale * weight + bias of `count` elements, a multiple of [#GROUP].
  void affine(
      MemorySegment x,
      long at,
      float shift,
      float scale,
      float[] weight,
      float[] bias,
      MemorySegment out,
      long outAt,
      int count);

  /// The same without bias.
  void scaled(
      MemorySegment x,
      long at,
      float shift,
      float scale,
      float[] weight,
      MemorySegment out,
      long outAt,
      int count);

  /// Whether [#narrow] gives the codes of `rule`: of 8 or 16 bits, to the nearest (ties to even),
  /// saturating.
  boolean narrows(DType type, Narrow rule);

  /// The codes of `count` elements, a multiple of [#CODES].
  void narrow(
      DType type, Narrow rule, MemorySegment x, long at, MemorySegment out, long outAt, int count);

  /// Whether [#widen] takes codes of `type`.
  boolean widens(DType type);

  /// The values of `count` codes, a multiple of [#GROUP].
  void widen(DType type, MemorySegment x, long at, MemorySegment out, long outAt, int count);

  /// The loops of packed and block formats, where vectors suit.
  Optional<BlockLoops> blocks();

  /// What rows and columns of [#turn] are multiples of, or 0 where it is not there.
  int turnStep();

  /// Turns a square: element (i, j) goes from byte `at + 4 * i + j * step` to `toAt + i * toStep +
  /// 4 * j`. `rows` and `columns` are multiples of [#turnStep] up to 64; `lines` and `square` hold
  /// 4096 elements.
  void turn(
      MemorySegment from,
      long at,
      long step,
      MemorySegment to,
      long toAt,
      long toStep,
      int rows,
      int columns,
      float[] lines,
      float[] square);
}
