package maia.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import maia.kernel.Tile.Made;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.ir.Value;
import maia.npl.Lane.UnaryOp;
import maia.numerics.BlockFormat;
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
        "%s: %s is not an integer and the tile is %s; convert it with .to(F32)",
        what,
        value,
        dtype.label());
    return new Term.Int((long) value, dtype);
  }

  static Pair unify(Tracer trace, BinaryOp op, Made x, Made y) {
    boolean logic = op == BinaryOp.AND || op == BinaryOp.OR || op == BinaryOp.XOR;
    DType dtype = x.value().type().dtype();
    trace.require(
        logic == (dtype == DType.BOOL) || (logic && dtype.isInteger()),
        "%s: needs %s, got %s",
        op.label(),
        logic ? "truth values or integers" : "numbers",
        x.value().type());
    Pair pair = unify(trace, op.label(), x, y);
    boolean integers = op == BinaryOp.REM || op == BinaryOp.CDIV;
    trace.require(
        !integers || !pair.x.type().dtype().isFloat(),
        "%s: needs integers, got %s",
        op.label(),
        pair.x.type());
    trace.require(
        op != BinaryOp.CDIV || (pair.x.type().rank() == 0 && pair.y.type().rank() == 0),
        "cdiv: needs scalars, got %s",
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
    if (a != DType.BOOL && b != DType.BOOL) {
      if (a.isFloat() && b.isInteger()) {
        return new Pair(x.term(), new Term.Cast(a, y.term()));
      }
      if (b.isFloat() && a.isInteger()) {
        return new Pair(new Term.Cast(b, x.term()), y.term());
      }
      if (a.isInteger() && b.isInteger()) {
        return new Pair(wide(x.term()), wide(y.term()));
      }
    }
    throw typesDiffer(trace, what, x, y);
  }

  private static Term wide(Term term) {
    return term.type().dtype() == DType.I64 ? term : new Term.Cast(DType.I64, term);
  }

  static void checkSame(Tracer trace, String what, Made x, Made y) {
    if (x.value().type().dtype() != y.value().type().dtype()) {
      throw typesDiffer(trace, what, x, y);
    }
  }

  private static RuntimeException typesDiffer(Tracer trace, String what, Made x, Made y) {
    return trace.mismatch(
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
        "%s: does not take %s%s",
        op.name().toLowerCase(Locale.ROOT),
        x.value().type(),
        dtype.isInteger() ? "; convert it with .to(F32)" : "");
  }

  static void checkStretch(Tracer trace, Made x, List<Integer> shape) {
    List<Integer> from = x.value().type().shape();
    boolean fits = from.size() <= shape.size();
    for (int d = 0; fits && d < from.size(); d++) {
      int size = from.get(d);
      fits = size == 1 || size == shape.get(shape.size() - from.size() + d);
    }
    trace.require(
        fits,
        "%s made at line %d does not stretch to %s",
        x.value().type(),
        x.line(),
        shape.isEmpty() ? "a scalar" : Type.sizes(shape));
  }

  static void checkScalar(Tracer trace, String what, Made x) {
    Type type = x.value().type();
    trace.require(
        type.rank() == 0 && (type.dtype() == DType.I64 || type.dtype() == DType.BOOL),
        "%s: needs a scalar known to the control processor, got %s",
        what,
        type);
  }

  /// The joint shape of the indices; the mask must fit into it.
  static List<Integer> joint(Tracer trace, String what, List<Made> indices, Optional<Made> mask) {
    List<Integer> shape = List.of();
    for (int i = 0; i < indices.size(); i++) {
      Made index = indices.get(i);
      trace.require(
          index.value().type().dtype() == DType.I64,
          "%s: index %d must be i64 made of k.arange, k.programId and sizes, got %s; indices"
              + " loaded from an array (gather, scatter) are not built",
          what,
          i,
          index.value().type());
      for (int j = 0; j < i; j++) {
        checkShapes(trace, what, indices.get(j), index);
      }
      shape = new Term.Binary(BinaryOp.ADD, typed(shape), index.term()).type().shape();
    }
    if (mask.isPresent()) {
      Type type = mask.get().value().type();
      trace.require(
          type.dtype() == DType.BOOL, "%s: the mask must hold truth values, got %s", what, type);
      checkStretch(trace, mask.get(), shape);
    }
    return shape;
  }

  private static Term typed(List<Integer> shape) {
    Term zero = Term.of(0);
    return shape.isEmpty() ? zero : new Term.Broadcast(shape, zero);
  }

  static void checkDot(Tracer trace, String what, Made a, Made b, Made acc) {
    for (Made made : List.of(a, b, acc)) {
      trace.require(
          made.value().type().rank() == 2,
          "%s: operands must have two dimensions, got %s made at line %d",
          what,
          made.value().type(),
          made.line());
    }
    List<Integer> m = a.value().type().shape();
    List<Integer> n = b.value().type().shape();
    if (!m.get(1).equals(n.get(0))) {
      throw trace.mismatch(
          "%s: inner dimensions differ: a is %s made at line %d, b is %s made at line %d; try: load b transposed"
              .formatted(what, a.value().type(), a.line(), b.value().type(), b.line()),
          a,
          b);
    }
    Type expected = new Type(DType.F32, List.of(m.get(0), n.get(1)));
    if (!acc.value().type().equals(expected)) {
      throw trace.mismatch(
          "%s: the accumulator must be %s, got %s made at line %d"
              .formatted(what, expected, acc.value().type(), acc.line()),
          a,
          acc);
    }
  }

  /// The shape of the scales.
  static List<Integer> checkQuantize(Tracer trace, Made x, BlockFormat format) {
    Type type = x.value().type();
    trace.require(
        !format.tensorScale() && format.element() != DType.I8,
        "quantize: %s is not built in kernels; use an MX float format such as mxfp4",
        format.label());
    trace.require(
        type.dtype() == DType.F32 && type.rank() == 2,
        "quantize: needs an F32 tile of two dimensions, got %s",
        type);
    int columns = type.shape().get(1);
    trace.require(
        columns % format.block() == 0,
        "quantize: the last size must be a multiple of %d for %s, was %d",
        format.block(),
        format.label(),
        columns);
    return List.of(type.shape().get(0), columns / format.block());
  }

  /// Whether `term` is provably a multiple of `of`. Loop indices are described as the two terms
  /// they are made of.
  static boolean isMultiple(Term term, int of, Map<Value, Term> terms) {
    return switch (term) {
      case Term.Int(long value, _) -> value % of == 0;
      case Term.Ref(var value) ->
          terms.containsKey(value) && isMultiple(terms.get(value), of, terms);
      case Term.Binary(var op, var x, var y) ->
          switch (op) {
            case MUL -> isMultiple(x, of, terms) || isMultiple(y, of, terms);
            case ADD, SUB -> isMultiple(x, of, terms) && isMultiple(y, of, terms);
            case MIN, MAX -> isMultiple(x, of, terms) && isMultiple(y, of, terms);
            case DIV, REM, CDIV, LT, LE, GT, GE, EQ, NE, AND, OR, XOR -> false;
            case SHL, SHR, USHR, UMULHI -> false;
          };
      case Term.Fma(var from, var step, _) ->
          isMultiple(from, of, terms) && isMultiple(step, of, terms);
      case Term.Real _, Term.Scalar _, Term.Iota _, Term.ProgramId _, Term.NumPrograms _ -> false;
      case Term.Size _, Term.Unary _, Term.Select _, Term.Cast _ -> false;
      case Term.Unsqueeze _, Term.Transpose _, Term.Broadcast _ -> false;
      case Term.Bitcast _, Term.Philox _ -> false;
      case Term.Reshape _, Term.Permute _, Term.Flip _, Term.Slice _ -> false;
    };
  }

  static List<Integer> shape(int... sizes) {
    List<Integer> shape = new ArrayList<>();
    for (int size : sizes) {
      shape.add(size);
    }
    return List.copyOf(shape);
  }
}
