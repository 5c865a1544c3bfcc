package maia.npl;

import java.util.function.ToLongFunction;

/// Evaluation and folding of [Expr].
public final class Exprs {
  private Exprs() {}

  /// The value of `expr`; `leaf` supplies registers, sizes and scalars.
  public static long evaluate(Expr expr, ToLongFunction<Expr> leaf) {
    return switch (expr) {
      case Expr.Const(long value) -> value;
      case Expr.Reg _, Expr.Size _, Expr.Scalar _ -> leaf.applyAsLong(expr);
      case Expr.Binary(var op, var left, var right) ->
          apply(op, evaluate(left, leaf), evaluate(right, leaf));
    };
  }

  /// The value of an operation on two numbers; throws [ArithmeticException] on overflow or a zero
  /// divisor.
  public static long apply(Expr.Operator op, long a, long b) {
    return switch (op) {
      case ADD -> Math.addExact(a, b);
      case SUB -> Math.subtractExact(a, b);
      case MUL -> Math.multiplyExact(a, b);
      case DIV -> a / b;
      case REM -> a % b;
      case CDIV -> Math.ceilDiv(a, b);
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case LT -> a < b ? 1 : 0;
      case LE -> a <= b ? 1 : 0;
      case GT -> a > b ? 1 : 0;
      case GE -> a >= b ? 1 : 0;
      case EQ -> a == b ? 1 : 0;
      case NE -> a != b ? 1 : 0;
      case AND -> a != 0 && b != 0 ? 1 : 0;
      case OR -> a != 0 || b != 0 ? 1 : 0;
    };
  }

  static Expr fold(Expr.Operator op, Expr left, Expr right) {
    if (left instanceof Expr.Const(long a) && right instanceof Expr.Const(long b)) {
      boolean divides =
          op == Expr.Operator.DIV || op == Expr.Operator.REM || op == Expr.Operator.CDIV;
      if (!divides || b != 0) {
        return new Expr.Const(apply(op, a, b));
      }
    }
    return switch (op) {
      case ADD -> isConst(left, 0) ? right : isConst(right, 0) ? left : plain(op, left, right);
      case SUB -> isConst(right, 0) ? left : plain(op, left, right);
      case MUL ->
          isConst(left, 1)
              ? right
              : isConst(right, 1)
                  ? left
                  : isConst(left, 0) || isConst(right, 0) ? Expr.ZERO : plain(op, left, right);
      case DIV, CDIV -> isConst(right, 1) ? left : plain(op, left, right);
      case REM -> isConst(right, 1) ? Expr.ZERO : plain(op, left, right);
      case MIN, MAX -> left.equals(right) ? left : plain(op, left, right);
      case LT, LE, GT, GE, EQ, NE, AND, OR -> plain(op, left, right);
    };
  }

  private static Expr plain(Expr.Operator op, Expr left, Expr right) {
    return new Expr.Binary(op, left, right);
  }

  private static boolean isConst(Expr expr, long value) {
    return expr instanceof Expr.Const(long v) && v == value;
  }
}
