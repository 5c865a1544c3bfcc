package maia.npl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// The text form of [Lane].
final class LaneText {
  private record Infix(String symbol, Lane.BinaryOp op) {}

  /// Longer symbols first.
  private static final List<Infix> INFIX =
      List.of(
          new Infix("==", Lane.BinaryOp.EQ),
          new Infix("!=", Lane.BinaryOp.NE),
          new Infix("<=", Lane.BinaryOp.LE),
          new Infix(">=", Lane.BinaryOp.GE),
          new Infix("<", Lane.BinaryOp.LT),
          new Infix(">", Lane.BinaryOp.GT),
          new Infix("+", Lane.BinaryOp.ADD),
          new Infix("-", Lane.BinaryOp.SUB),
          new Infix("*", Lane.BinaryOp.MUL),
          new Infix("/", Lane.BinaryOp.DIV),
          new Infix("%", Lane.BinaryOp.REM),
          new Infix("&", Lane.BinaryOp.AND),
          new Infix("|", Lane.BinaryOp.OR),
          new Infix("^", Lane.BinaryOp.XOR));

  private static final List<Lane.BinaryOp> FUNCTIONS =
      List.of(
          Lane.BinaryOp.MIN,
          Lane.BinaryOp.MAX,
          Lane.BinaryOp.SHL,
          Lane.BinaryOp.SHR,
          Lane.BinaryOp.USHR,
          Lane.BinaryOp.UMULHI);

  private static final List<String> CALLS =
      List.of("index", "iota", "fma", "select", "cast", "bitcast", "pick", "philox");

  private LaneText() {}

  static String print(Lane lane, Names names) {
    return switch (lane) {
      case Lane.In(var region) -> PlaceText.region(region, names);
      case Lane.Const(float value) -> number(value);
      case Lane.Index(var value) -> "index(" + ExprText.print(value) + ")";
      case Lane.Scalar(var name) -> "$" + Cursor.quote(name);
      case Lane.Iota(int dim) -> "iota(" + dim + ")";
      case Lane.Unary(var op, var x) -> lower(op) + "(" + print(x, names) + ")";
      case Lane.Binary(var op, var x, var y) -> binary(op, print(x, names), print(y, names));
      case Lane.Fma(var x, var y, var z) ->
          "fma(" + print(x, names) + ", " + print(y, names) + ", " + print(z, names) + ")";
      case Lane.Select(var c, var x, var y) ->
          "select(" + print(c, names) + ", " + print(x, names) + ", " + print(y, names) + ")";
      case Lane.Cast c -> "cast(" + castRules(c) + ", " + print(c.x(), names) + ")";
      case Lane.Bitcast(var from, var to, var x) ->
          "bitcast(" + from.label() + ", " + to.label() + ", " + print(x, names) + ")";
      case Lane.Pick(var region, var index) ->
          "pick("
              + PlaceText.region(region, names)
              + index.stream().map(i -> ", " + print(i, names)).collect(Collectors.joining())
              + ")";
      case Lane.Philox(var seed, var offset, int word) ->
          "philox(" + print(seed, names) + ", " + print(offset, names) + ", " + word + ")";
      case Lane.Param(var side, int index, var type) ->
          lower(side) + "(" + index + ", " + type.label() + ")";
    };
  }

  private static String castRules(Lane.Cast c) {
    if (c.isPlain()) {
      return c.type().label();
    }
    String rounding =
        switch (c.rounding()) {
          case Rounding.Fixed fixed -> lower(fixed);
          case Rounding.Stochastic(long seed) -> "stochastic " + seed;
        };
    return c.type().label() + ", " + rounding + ", " + lower(c.overflow());
  }

  private static String binary(Lane.BinaryOp op, String x, String y) {
    return INFIX.stream()
        .filter(i -> i.op() == op)
        .findFirst()
        .map(i -> "(" + x + " " + i.symbol() + " " + y + ")")
        .orElse(lower(op) + "(" + x + ", " + y + ")");
  }

  /// A float as the text form writes it.
  static String number(float value) {
    if (Float.isNaN(value)) {
      return "nan";
    }
    return Float.isInfinite(value) ? (value > 0 ? "inf" : "-inf") : Float.toString(value);
  }

  static String lower(Enum<?> e) {
    return e.name().toLowerCase(Locale.ROOT);
  }

  /// A primary, optionally followed by an operator and another; nested operators need parentheses.
  static Lane parse(Cursor in, Names names) {
    Lane left = primary(in, names);
    Optional<Infix> infix = INFIX.stream().filter(i -> in.accept(i.symbol())).findFirst();
    return infix.isPresent() ? new Lane.Binary(infix.get().op(), left, primary(in, names)) : left;
  }

  private static Lane primary(Cursor in, Names names) {
    in.enter();
    try {
      if (in.accept("(")) {
        Lane inner = parse(in, names);
        in.expect(")");
        return inner;
      }
      if (in.accept("$")) {
        return new Lane.Scalar(in.name());
      }
      char c = in.peek();
      if (Cursor.isDigit(c) || c == '-') {
        return new Lane.Const(in.number());
      }
      return word(in, names);
    } finally {
      in.leave();
    }
  }

  private static Lane word(Cursor in, Names names) {
    for (String call : CALLS) {
      if (isCall(in, call)) {
        return call(in, names, call);
      }
    }
    for (Lane.BinaryOp op : FUNCTIONS) {
      if (isCall(in, lower(op))) {
        in.expect(lower(op));
        in.expect("(");
        Lane x = next(in, names);
        Lane y = parse(in, names);
        in.expect(")");
        return new Lane.Binary(op, x, y);
      }
    }
    for (Lane.Side side : Lane.Side.values()) {
      if (isCall(in, lower(side))) {
        return param(in, side);
      }
    }
    for (Lane.UnaryOp op : Lane.UnaryOp.values()) {
      if (isCall(in, lower(op))) {
        in.expect(lower(op));
        in.expect("(");
        Lane x = parse(in, names);
        in.expect(")");
        return new Lane.Unary(op, x);
      }
    }
    for (String word : List.of("nan", "inf")) {
      if (in.sees(word) && in.peek(word.length()) != '[') {
        return new Lane.Const(in.number());
      }
    }
    return new Lane.In(PlaceText.parseRegion(in, names));
  }

  private static boolean isCall(Cursor in, String name) {
    return in.sees(name) && in.peek(name.length()) == '(';
  }

  private static Lane call(Cursor in, Names names, String name) {
    in.expect(name);
    in.expect("(");
    Lane result =
        switch (name) {
          case "index" -> new Lane.Index(ExprText.parse(in));
          case "iota" -> new Lane.Iota(in.smallInteger());
          case "cast" -> cast(in, names);
          case "bitcast" -> {
            var from = in.type();
            in.expect(",");
            var to = in.type();
            in.expect(",");
            yield new Lane.Bitcast(from, to, parse(in, names));
          }
          case "pick" -> {
            var region = PlaceText.parseRegion(in, names);
            var index = new ArrayList<Lane>();
            while (in.accept(",")) {
              index.add(parse(in, names));
            }
            yield new Lane.Pick(region, index);
          }
          case "philox" -> {
            Lane seed = next(in, names);
            Lane offset = next(in, names);
            yield new Lane.Philox(seed, offset, in.smallInteger());
          }
          case "fma" -> {
            Lane x = next(in, names);
            Lane y = next(in, names);
            yield new Lane.Fma(x, y, parse(in, names));
          }
          default -> {
            Lane c = next(in, names);
            Lane x = next(in, names);
            yield new Lane.Select(c, x, parse(in, names));
          }
        };
    in.expect(")");
    return result;
  }

  private static Lane cast(Cursor in, Names names) {
    var type = in.type();
    in.expect(",");
    Optional<Rounding> rounding = rounding(in);
    if (rounding.isEmpty()) {
      return new Lane.Cast(type, parse(in, names));
    }
    in.expect(",");
    var overflow = in.constant(Overflow.class);
    in.expect(",");
    return new Lane.Cast(type, rounding.get(), overflow, parse(in, names));
  }

  private static Optional<Rounding> rounding(Cursor in) {
    if (in.sees("stochastic") && in.peek("stochastic".length()) == ' ') {
      in.expect("stochastic");
      return Optional.of(Rounding.stochastic(in.integer()));
    }
    for (Rounding.Fixed fixed : Rounding.Fixed.values()) {
      if (in.sees(lower(fixed)) && in.peek(lower(fixed).length()) == ',') {
        in.expect(lower(fixed));
        return Optional.of(fixed);
      }
    }
    return Optional.empty();
  }

  private static Lane param(Cursor in, Lane.Side side) {
    in.expect(lower(side));
    in.expect("(");
    int index = in.smallInteger();
    in.expect(",");
    var type = in.type();
    in.expect(")");
    return new Lane.Param(side, index, type);
  }

  private static Lane next(Cursor in, Names names) {
    Lane x = parse(in, names);
    in.expect(",");
    return x;
  }
}
