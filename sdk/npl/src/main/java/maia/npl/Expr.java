package maia.npl;

/// A 64-bit integer expression that a control processor evaluates while it issues instructions.
public sealed interface Expr {
  /// A constant.
  record Const(long value) implements Expr {}

  /// A register: a loop variable, a register of the queue, or one of the built-in names of
  /// [Builtin].
  record Reg(String name) implements Expr {}

  /// The size of dimension `dim` of the array parameter `array`.
  record Size(String array, int dim) implements Expr {}

  /// The value of an integer scalar parameter.
  record Scalar(String name) implements Expr {}

  /// An operation on two values; comparisons give 1 or 0.
  record Binary(Operator operator, Expr left, Expr right) implements Expr {}

  /// Integer operators. `DIV` and `REM` round toward zero and refuse a zero divisor, `CDIV` rounds
  /// up; all refuse overflow.
  enum Operator {
    ADD,
    SUB,
    MUL,
    DIV,
    REM,
    CDIV,
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
  }

  /// Zero.
  Expr ZERO = new Const(0);

  /// One.
  Expr ONE = new Const(1);

  /// A constant.
  static Expr of(long value) {
    return new Const(value);
  }

  /// A register by name.
  static Expr reg(String name) {
    return new Reg(name);
  }

  /// The operation, folded when both sides are constants or one side is neutral.
  static Expr binary(Operator operator, Expr left, Expr right) {
    return Exprs.fold(operator, left, right);
  }

  /// This plus `other`.
  default Expr plus(Expr other) {
    return binary(Operator.ADD, this, other);
  }

  /// This times `other`.
  default Expr times(Expr other) {
    return binary(Operator.MUL, this, other);
  }

  /// This minus `other`.
  default Expr minus(Expr other) {
    return binary(Operator.SUB, this, other);
  }

  /// The quotient by `other`, rounded toward zero.
  default Expr div(Expr other) {
    return binary(Operator.DIV, this, other);
  }

  /// The remainder of the division by `other`, with the sign of this.
  default Expr rem(Expr other) {
    return binary(Operator.REM, this, other);
  }

  /// This plus a constant.
  default Expr plus(long other) {
    return plus(of(other));
  }

  /// This times a constant.
  default Expr times(long other) {
    return times(of(other));
  }

  /// The quotient by a constant, rounded toward zero.
  default Expr div(long other) {
    return div(of(other));
  }

  /// The remainder of the division by a constant.
  default Expr rem(long other) {
    return rem(of(other));
  }

  /// 1 where this equals `other`, else 0.
  default Expr eq(long other) {
    return binary(Operator.EQ, this, of(other));
  }

  /// 1 where this is less than `other`, else 0.
  default Expr lt(Expr other) {
    return binary(Operator.LT, this, other);
  }
}
