package maia.kernel;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import maia.kernel.Tile.Made;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.npl.Lane.UnaryOp;
import maia.numerics.DType;

/// Checks of operands while tracing: element types, shapes and what an operation accepts.
final class Operands {
  private Operands() {}

  /// Two operands of one element type.
  record Pair(Term x, Term y) {}

  static Term constant(Tracer trace, String what, DType dtype, double value) {
    if (dtype.isFloat()) {
      return new Term.Real((float) value, dtype);
    }
    trace.require(
        value == Math.rint(value) && Math.abs(value) <= 1L << 53,
        Mistake.NUMBER_DOES_NOT_FIT,
        "%s: %s is not an integer and the tile is %s; convert it with .to(F32)",
        what,
        value,
        dtype.label());
    return integer(trace, what, dtype, (long) value);
  }

  /// A whole number in `dtype`.
  static Term number(Tracer trace, String what, DType dtype, long value) {
    return dtype.isFloat()
        ? new Term.Real((float) value, dtype)
        : integer(trace, what, dtype, value);
  }

  /// An integer constant that `dtype` holds.
  static Term integer(Tracer trace, String what, DType dtype, long value) {
    boolean unsigned = dtype == DType.U8 || dtype == DType.BOOL;
    int bits = dtype == DType.BOOL ? 1 : dtype.bits();
    long low = unsigned ? 0 : -1L << (bits - 1);
    long high = unsigned ? (1L << bits) - 1 : ~low;
    trace.require(
        low <= value && value <= high,
        Mistake.NUMBER_DOES_NOT_FIT,
        "%s: %d does not fit %s, which holds %d to %d; convert the tile with .to(I64)",
        what,
        value,
        dtype.label(),
        low,
        high);
    return new Term.Int(value, dtype);
  }

  static Pair unify(Tracer trace, BinaryOp op, Made x, Made y) {
    boolean bitwise = op.isLogic() || op.compareTo(BinaryOp.SHL) >= 0;
    DType dtype = x.value().type().dtype();
    boolean logic = op.isLogic() && dtype == DType.BOOL;
    trace.require(
        bitwise ? logic || dtype.isInteger() : dtype != DType.BOOL,
        Mistake.WRONG_TYPE,
        "%s: needs %s, got %s",
        op.label(),
        op.isLogic() ? "truth values or integers" : bitwise ? "integers" : "numbers",
        x.value().type());
    Pair pair = unify(trace, op.label(), x, y);
    boolean integers = bitwise || op == BinaryOp.REM || op == BinaryOp.CDIV;
    trace.require(
        !integers || !pair.x.type().dtype().isFloat(),
        Mistake.WRONG_TYPE,
        "%s: needs integers, got %s",
        op.label(),
        pair.x.type());
    trace.require(
        op != BinaryOp.UMULHI || pair.x.type().dtype().bits() >= 32,
        Mistake.WRONG_TYPE,
        "umulhi: needs 32-bit or 64-bit integers, got %s; convert it with .to(I32)",
        pair.x.type());
    return pair;
  }

  static Pair unify(Tracer trace, String what, Made x, Made y) {
    checkShapes(trace, what, x, y);
    DType a = x.value().type().dtype();
    DType b = y.value().type().dtype();
    if (a == b) {
      return new Pair(x.term(), y.term());
    }
    if (a != DType.BOOL && b != DType.BOOL && !(a.isFloat() && b.isFloat())) {
      DType joint = a.isFloat() ? a : b.isFloat() ? b : wider(a, b);
      return new Pair(as(joint, x.term()), as(joint, y.term()));
    }
    throw typesDiffer(trace, what, x, y);
  }

  /// The narrowest integer type that holds both.
  private static DType wider(DType a, DType b) {
    DType wide = a.bits() >= b.bits() ? a : b;
    return wide.bits() == 8 ? DType.I16 : wide;
  }

  private static Term as(DType dtype, Term term) {
    return term.type().dtype() == dtype ? term : new Term.Cast(dtype, term);
  }

  /// An integer term as I64.
  static Term wide(Term term) {
    return as(DType.I64, term);
  }

  /// Sums and products of narrow integers count in I32.
  static Made countable(Made x) {
    DType dtype = x.value().type().dtype();
    return dtype.isInteger() && dtype.bits() < 32 ? Elementwise.cast(x, DType.I32) : x;
  }

  static void checkNumbers(Tracer trace, String what, Made x) {
    trace.require(
        x.value().type().dtype() != DType.BOOL,
        Mistake.WRONG_TYPE,
        "%s: needs numbers, got %s; use .any(d), .all(d) or .to(I32)",
        what,
        x.value().type());
  }

  static void checkEqualShapes(Tracer trace, String what, Made x, Made y) {
    if (!x.value().type().shape().equals(y.value().type().shape())) {
      throw trace.mismatch(
          Mistake.SHAPES_DIFFER,
          "%s: shapes differ: %s made at line %d, %s made at line %d; stretch one with .broadcastTo(...)"
              .formatted(what, x.value().type(), x.line(), y.value().type(), y.line()),
          x,
          y);
    }
  }

  static void checkSame(Tracer trace, String what, Made x, Made y) {
    if (x.value().type().dtype() != y.value().type().dtype()) {
      throw typesDiffer(trace, what, x, y);
    }
  }

  private static RuntimeException typesDiffer(Tracer trace, String what, Made x, Made y) {
    return trace.mismatch(
        Mistake.TYPES_DIFFER,
        "%s: element types differ: %s made at line %d, %s made at line %d; convert one with .to(%s)"
            .formatted(
                what,
                x.value().type(),
                x.line(),
                y.value().type(),
                y.line(),
                x.value().type().dtype().name()),
        x,
        y);
  }

  static void checkShapes(Tracer trace, String what, Made x, Made y) {
    List<Integer> a = x.value().type().shape();
    List<Integer> b = y.value().type().shape();
    int rank = Math.max(a.size(), b.size());
    for (int d = 0; d < rank; d++) {
      int m = d - (rank - a.size()) < 0 ? 1 : a.get(d - (rank - a.size()));
      int n = d - (rank - b.size()) < 0 ? 1 : b.get(d - (rank - b.size()));
      if (m != n && m != 1 && n != 1) {
        throw trace.mismatch(
            Mistake.SHAPES_DO_NOT_MATCH,
            "%s: shapes do not match: %s made at line %d, %s made at line %d: dimension %d is %d against %d; did you mean .col() or .row()?"
                .formatted(what, x.value().type(), x.line(), y.value().type(), y.line(), d, m, n),
            x,
            y);
      }
    }
  }

  static void checkUnary(Tracer trace, UnaryOp op, Made x) {
    DType dtype = x.value().type().dtype();
    boolean fits =
        switch (op) {
          case NOT -> dtype == DType.BOOL;

          case NEG, ABS -> dtype != DType.BOOL;
          case EXP, EXP2, LOG, LOG2, SQRT, RSQRT, RECIPROCAL, TANH, ERF, SIN, COS, SIGMOID ->
              dtype.isFloat();
          case FLOOR, CEIL -> dtype.isFloat();
        };
    trace.require(
        fits,
        Mistake.WRONG_TYPE,
        "%s: does not take %s%s",
        op.name().toLowerCase(Locale.ROOT),
        x.value().type(),
        dtype.isInteger() ? "; convert it with .to(F32)" : "");
  }

  static void checkStretch(Tracer trace, String what, Made x, List<Integer> shape) {
    List<Integer> from = x.value().type().shape();
    boolean fits = from.size() <= shape.size();
    for (int d = 0; fits && d < from.size(); d++) {
      int size = from.get(d);
      fits = size == 1 || size == shape.get(shape.size() - from.size() + d);
    }
    if (!fits) {
      throw trace
          .recording()
          .about(
              Mistake.DOES_NOT_STRETCH,
              x,
              "%s: %s made at line %d does not stretch to %s"
                  .formatted(
                      what,
                      x.value().type(),
                      x.line(),
                      shape.isEmpty() ? "a scalar" : Type.sizes(shape)));
    }
  }

  static void checkInteger(Tracer trace, String what, Made x) {
    Type type = x.value().type();
    trace.require(
        type.rank() == 0 && type.dtype().isInteger(),
        Mistake.NOT_A_SCALAR,
        "%s: needs integer scalars, got %s made at line %d",
        what,
        type,
        x.line());
  }

  static void checkCondition(Tracer trace, String what, Made x) {
    Type type = x.value().type();
    trace.require(
        type.rank() == 0,
        Mistake.NOT_A_SCALAR,
        "%s: needs one truth value, got %s made at line %d; use .any(), .all(), or mask.where(a, b)"
            + " per element",
        what,
        type,
        x.line());
  }

  /// The joint shape of the indices; the mask must fit into it.
  static List<Integer> joint(Tracer trace, String what, List<Made> indices, Optional<Made> mask) {
    List<Integer> shape = List.of();
    for (int i = 0; i < indices.size(); i++) {
      Made index = indices.get(i);
      trace.require(
          index.value().type().dtype().isInteger(),
          Mistake.WRONG_INDEX_TYPE,
          "%s: index %d must hold integers, got %s; convert it with .to(I64)",
          what,
          i,
          index.value().type());
      for (int j = 0; j < i; j++) {
        checkShapes(trace, what, indices.get(j), index);
      }
      shape = new Term.Binary(BinaryOp.ADD, typed(shape), wide(index.term())).type().shape();
    }
    if (mask.isPresent()) {
      Type type = mask.get().value().type();
      trace.require(
          type.dtype() == DType.BOOL,
          Mistake.WRONG_INDEX_TYPE,
          "%s: the mask must hold truth values, got %s",
          what,
          type);
      checkStretch(trace, what + ", mask", mask.get(), shape);
    }
    return shape;
  }

  private static Term typed(List<Integer> shape) {
    Term zero = Term.of(0);
    return shape.isEmpty() ? zero : new Term.Broadcast(shape, zero);
  }

  /// Whether `term` is provably a multiple of `of`. Loop indices are described as the two terms
  /// they are made of.
  static boolean isMultiple(Term term, int of, Recording recording) {
    return switch (term) {
      case Term.Int(long value, _) -> value % of == 0;
      case Term.Ref(var value) ->
          recording.promised(value) % of == 0
              || (recording.terms().containsKey(value)
                  && isMultiple(recording.terms().get(value), of, recording));
      case Term.Binary(var op, var x, var y) ->
          switch (op) {
            case MUL -> isMultiple(x, of, recording) || isMultiple(y, of, recording);
            case ADD, SUB -> isMultiple(x, of, recording) && isMultiple(y, of, recording);
            case MIN, MAX -> isMultiple(x, of, recording) && isMultiple(y, of, recording);
            case DIV, REM, CDIV, LT, LE, GT, GE, EQ, NE, AND, OR, XOR -> false;
            case SHL, SHR, USHR, UMULHI -> false;
          };
      case Term.Fma(var from, var step, _) ->
          isMultiple(from, of, recording) && isMultiple(step, of, recording);
      case Term.Real _, Term.Scalar _, Term.Iota _, Term.ProgramId _, Term.NumPrograms _ -> false;
      case Term.Size _, Term.Unary _, Term.Select _, Term.Cast _ -> false;
      case Term.Unsqueeze _, Term.Transpose _, Term.Broadcast _ -> false;
      case Term.Bitcast _, Term.Philox _ -> false;
      case Term.Reshape _, Term.Permute _, Term.Flip _, Term.Slice _ -> false;
    };
  }
}
