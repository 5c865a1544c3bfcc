package maia.kernel.ir;

import java.util.Locale;

/// Element-wise functions of two operands. `CDIV` is integer division rounded up and needs scalars.
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
  XOR;

  /// Whether the result is a truth value.
  public boolean isComparison() {
    return compareTo(LT) >= 0 && compareTo(NE) <= 0;
  }

  /// The name in texts.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
