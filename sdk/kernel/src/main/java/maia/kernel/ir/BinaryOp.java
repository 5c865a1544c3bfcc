package maia.kernel.ir;

import java.util.Locale;

/// Element-wise functions of two operands. `CDIV` is integer division rounded up. `AND`, `OR` and
/// `XOR` are logic on truth values and work bit by bit on integers. Shift counts are below the
/// width; `SHL` drops the bits it moves out, `SHR` repeats the sign, `USHR` moves in zeros.
/// `UMULHI` is the upper half of the unsigned product of two 32-bit or 64-bit integers.
public enum BinaryOp {
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
  XOR,
  SHL,
  SHR,
  USHR,
  UMULHI;

  /// Whether the result is a truth value.
  public boolean isComparison() {
    return compareTo(LT) >= 0 && compareTo(NE) <= 0;
  }

  /// Whether it is logic on truth values and bit by bit on integers.
  public boolean isLogic() {
    return this == AND || this == OR || this == XOR;
  }

  /// The name in texts.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
