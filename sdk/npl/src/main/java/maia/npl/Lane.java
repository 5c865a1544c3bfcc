package maia.npl;

import maia.numerics.DType;

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

  /// Conversion, to nearest even and saturating.
  record Cast(DType type, Lane x) implements Lane {}

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

  /// Functions of two operands. Comparisons and logic give truth values. `MIN` and `MAX` return the
  /// other operand when one is NaN.
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
  }
}
