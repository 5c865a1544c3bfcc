package maia.npl;

import java.util.List;
import java.util.Optional;

/// The text form of [Expr].
final class ExprText {
  private record Infix(String symbol, Expr.Operator operator, int level) {}

  /// Longer symbols first.
  private static final List<Infix> INFIX =
      List.of(
          new Infix("||", Expr.Operator.OR, 0),
          new Infix("&&", Expr.Operator.AND, 1),
          new Infix("==", Expr.Operator.EQ, 2),
          new Infix("!=", Expr.Operator.NE, 2),
          new Infix("<=", Expr.Operator.LE, 2),
          new Infix(">=", Expr.Operator.GE, 2),
          new Infix("<", Expr.Operator.LT, 2),
          new Infix(">", Expr.Operator.GT, 2),
          new Infix("+", Expr.Operator.ADD, 3),
          new Infix("-", Expr.Operator.SUB, 3),
          new Infix("*", Expr.Operator.MUL, 4),
          new Infix("/", Expr.Operator.DIV, 4),
          new Infix("%", Expr.Operator.REM, 4));

  private static final int LOWEST = 0;
  private static final int SUM = 3;
  private static final int HIGHEST = 4;

  private ExprText() {}

  /// The whole expression, without outer parentheses.
  static String print(Expr expr) {
    String text = atom(expr);
    return expr instanceof Expr.Binary && text.startsWith("(")
        ? text.substring(1, text.length() - 1)
        : text;
  }

  /// An expression that can stand beside operators.
  static String atom(Expr expr) {
    return switch (expr) {
      case Expr.Const(long value) -> Long.toString(value);
      case Expr.Reg(var name) -> "%" + Cursor.quote(name);
      case Expr.Scalar(var name) -> "$" + Cursor.quote(name);
      case Expr.Size(var array, int dim) -> "size(" + Cursor.quote(array) + ", " + dim + ")";
      case Expr.Binary binary -> printBinary(binary);
    };
  }

  private static String printBinary(Expr.Binary binary) {
    Expr left = binary.left();
    Expr right = binary.right();
    return switch (binary.operator()) {
      case MIN -> "min(" + print(left) + ", " + print(right) + ")";
      case MAX -> "max(" + print(left) + ", " + print(right) + ")";
      case CDIV -> "cdiv(" + print(left) + ", " + print(right) + ")";
      case ADD, SUB, MUL, DIV, REM, LT, LE, GT, GE, EQ, NE, AND, OR ->
          "(" + atom(left) + " " + symbol(binary.operator()) + " " + atom(right) + ")";
    };
  }

  private static String symbol(Expr.Operator operator) {
    return INFIX.stream().filter(i -> i.operator() == operator).findFirst().orElseThrow().symbol();
  }

  /// A whole expression.
  static Expr parse(Cursor in) {
    return infix(in, LOWEST);
  }

  /// A sum: an expression where comparisons have another meaning.
  static Expr parseSum(Cursor in) {
    return infix(in, SUM);
  }

  private static Expr infix(Cursor in, int level) {
    if (level > HIGHEST) {
      return primary(in);
    }
    Expr left = infix(in, level + 1);
    int chain = 0;
    for (var op = operator(in, level); op.isPresent(); op = operator(in, level)) {
      if (++chain > Cursor.MAX_DEPTH) {
        throw in.error("more than %d operators in a row".formatted(Cursor.MAX_DEPTH));
      }
      left = new Expr.Binary(op.get(), left, infix(in, level + 1));
    }
    return left;
  }

  private static Optional<Expr.Operator> operator(Cursor in, int level) {
    for (Infix i : INFIX) {
      if (in.sees(i.symbol())) {
        boolean other = i.symbol().equals("+") && in.sees("+:") || in.sees("->");
        if (i.level() != level || other) {
          return Optional.empty();
        }
        in.accept(i.symbol());
        return Optional.of(i.operator());
      }
    }
    return Optional.empty();
  }

  private static Expr primary(Cursor in) {
    in.enter();
    try {
      if (in.accept("(")) {
        Expr inner = parse(in);
        in.expect(")");
        return inner;
      }
      if (in.accept("%")) {
        return new Expr.Reg(in.name());
      }
      if (in.accept("$")) {
        return new Expr.Scalar(in.name());
      }
      if (in.accept("size")) {
        in.expect("(");
        String array = in.name();
        in.expect(",");
        int dim = in.smallInteger();
        in.expect(")");
        return new Expr.Size(array, dim);
      }
      for (var op : List.of(Expr.Operator.MIN, Expr.Operator.MAX, Expr.Operator.CDIV)) {
        if (in.accept(op.name().toLowerCase(java.util.Locale.ROOT))) {
          return call(in, op);
        }
      }
      char c = in.peek();
      if (Cursor.isDigit(c) || c == '-') {
        return new Expr.Const(in.integer());
      }
      throw in.expected("an integer expression");
    } finally {
      in.leave();
    }
  }

  private static Expr call(Cursor in, Expr.Operator op) {
    in.expect("(");
    Expr left = parse(in);
    in.expect(",");
    Expr right = parse(in);
    in.expect(")");
    return new Expr.Binary(op, left, right);
  }
}
