package maia.npl;

import java.util.List;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// An element-wise expression of the vector processor: the value of every lane of a box. Operands
/// broadcast: a region's dimension of size 1 stretches, and a region of lower rank aligns with the
/// trailing dimensions.
///
/// Float operations round to binary32 after each operator unless a [Cast] rounds further; integer
/// lanes are 32 or 64 bits wide, and overflow is refused.
public sealed interface Lane {
  /// An on-chip operand.
  record In(Place.Region region) implements Lane {}

  /// The same float in every lane.
  record Const(float value) implements Lane {}

  /// The same scalar integer expression in every lane.
  record Index(Expr value) implements Lane {}

  /// A float scalar parameter.
  record Scalar(String name) implements Lane {}

  /// The lane's own index in dimension `dim` of the result box.
  record Iota(int dim) implements Lane {}

  /// One-operand function.
  record Unary(UnaryOp op, Lane x) implements Lane {}

  /// Two-operand function.
  record Binary(BinaryOp op, Lane x, Lane y) implements Lane {}

  /// `x * y + z` with one rounding.
  record Fma(Lane x, Lane y, Lane z) implements Lane {}

  /// `x` where the condition is true, else `y`.
  record Select(Lane condition, Lane x, Lane y) implements Lane {}

  /// Conversion. A stochastic rounding draws by the row-major number of the element in the box.
  record Cast(DType type, Rounding rounding, Overflow overflow, Lane x) implements Lane {
    /// Conversion to nearest even and saturating.
    public Cast(DType type, Lane x) {
      this(type, Rounding.NEAREST_EVEN, Overflow.SATURATE, x);
    }

    /// Whether it rounds to nearest even and saturates.
    public boolean isPlain() {
      return rounding.equals(Rounding.NEAREST_EVEN) && overflow == Overflow.SATURATE;
    }
  }

  /// The bits of `x`, an element of type `from`, read as type `to` of the same width. A NaN has the
  /// bits of the canonical one.
  record Bitcast(DType from, DType to, Lane x) implements Lane {}

  /// The element of a box at one index per dimension as the instruction sees it: gather, flip,
  /// reshape, permute. An index outside the box is refused when the program runs.
  record Pick(Place.Region region, List<Lane> index) implements Lane {
    public Pick {
      index = List.copyOf(index);
    }
  }

  /// Word `word` (0 to 3) of the Philox 4x32-10 block with key `seed` (64 bits) and counter
  /// `offset`: an offset of 64 bits gives the low half of the counter, one of 32 bits its low word.
  /// The result has 32 bits.
  record Philox(Lane seed, Lane offset, int word) implements Lane {}

  /// Parameter `index` of a combiner, an element of `type`.
  record Param(Side side, int index, DType type) implements Lane {}

  /// The two operands of a combiner.
  enum Side {
    /// What the positions so far gave.
    LEFT,
    /// The next position.
    RIGHT,
  }

  /// Functions of one operand.
  enum UnaryOp {
    NEG,
    ABS,
    EXP,
    EXP2,
    LOG,
    LOG2,
    SQRT,
    RSQRT,
    RECIPROCAL,
    TANH,
    ERF,
    SIN,
    COS,
    SIGMOID,
    FLOOR,
    CEIL,
    NOT,
  }

  /// Functions of two operands. Comparisons give truth values; `AND`, `OR` and `XOR` are logic on
  /// truth values and work bit by bit on integers. `MIN` and `MAX` return the other operand when
  /// one is NaN. Shift counts are at least 0 and below the width: `SHL` drops the bits it moves
  /// out, `SHR` repeats the sign, `USHR` moves in zeros. `UMULHI` is the upper half of the unsigned
  /// product.
  enum BinaryOp {
    ADD,
    SUB,
    MUL,
    DIV,
    REM,
    MIN,
    MAX,
    LT,
    LE,
    GT,
    GE,
    EQ,
    NE,
    AND,
    OR,
    XOR,
    SHL,
    SHR,
    USHR,
    UMULHI,
  }
}
