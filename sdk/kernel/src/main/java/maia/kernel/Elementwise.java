package maia.kernel;

import java.util.List;
import java.util.Locale;
import maia.kernel.Tile.Made;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Term;
import maia.npl.Lane.UnaryOp;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// Records element-wise operations.
final class Elementwise {
  private Elementwise() {}

  static Made binary(BinaryOp op, Made x, Made y) {
    Tracer trace = x.trace();
    trace.use(x);
    trace.use(y);
    Operands.Pair pair = Operands.unify(trace, op, x, y);
    if (op == BinaryOp.CDIV && pair.x().type().rank() + pair.y().type().rank() > 0) {
      return cdiv(x, y);
    }
    return trace.recording().record(op.label(), new Term.Binary(op, pair.x(), pair.y()), List.of());
  }

  /// Tiles divide, and add one where something is left and the quotient is not negative.
  private static Made cdiv(Made x, Made y) {
    Tile a = new Tile(x);
    Tile b = new Tile(y);
    Tile left = a.rem(b);
    Mask sameSign = new Mask(binary(BinaryOp.XOR, left.lt(0).made, b.lt(0).made)).not();
    Tile quotient = a.div(b);
    return quotient.add(left.ne(0).and(sameSign).to(quotient.dtype())).made;
  }

  static Made binary(BinaryOp op, Made x, double y) {
    return binary(op, x, number(op.label(), x, y));
  }

  static Made binary(BinaryOp op, Made x, long y) {
    return binary(op, x, number(op.label(), x, y));
  }

  /// The constant `value` in the element type of `like`.
  static Made number(String what, Made like, double value) {
    Tracer trace = like.trace();
    return trace
        .recording()
        .literal(Operands.constant(trace, what, like.value().type().dtype(), value));
  }

  /// The constant `value` in the element type of `like`.
  static Made number(String what, Made like, long value) {
    Tracer trace = like.trace();
    DType dtype = like.value().type().dtype();
    return trace.recording().literal(Operands.number(trace, what, dtype, value));
  }

  static Made unary(UnaryOp op, Made x) {
    Tracer trace = x.trace();
    Operands.checkUnary(trace, op, trace.use(x));
    return trace
        .recording()
        .record(op.name().toLowerCase(Locale.ROOT), new Term.Unary(op, x.term()), List.of(x));
  }

  static Made fma(Made x, Made y, Made z) {
    Tracer trace = x.trace();
    Operands.unify(trace, BinaryOp.MUL, trace.use(x), trace.use(y));
    Operands.unify(trace, BinaryOp.ADD, x, trace.use(z));
    Operands.checkShapes(trace, "fma", y, z);
    Operands.checkSame(trace, "fma", x, y);
    Operands.checkSame(trace, "fma", x, z);
    trace.require(
        x.value().type().dtype().isFloat(),
        Mistake.WRONG_TYPE,
        "fma: needs floats, got %s; integers multiply and add exactly with .mul and .add",
        x.value().type());
    return trace.recording().record("fma", new Term.Fma(x.term(), y.term(), z.term()), List.of());
  }

  static Made select(Made condition, Made x, Made y) {
    Tracer trace = x.trace();
    Operands.Pair pair = Operands.unify(trace, "where", trace.use(x), trace.use(y));
    Operands.checkShapes(trace, "where", trace.use(condition), x);
    Operands.checkShapes(trace, "where", condition, y);
    return trace
        .recording()
        .record("where", new Term.Select(condition.term(), pair.x(), pair.y()), List.of());
  }

  /// To nearest even and saturating; floats to integers toward zero.
  static Made cast(Made x, DType type) {
    boolean truncates = x.value().type().dtype().isFloat() && type.isInteger();
    return cast(
        x, type, truncates ? Rounding.TOWARD_ZERO : Rounding.NEAREST_EVEN, Overflow.SATURATE);
  }

  static Made cast(Made x, DType type, Rounding rounding, Overflow overflow) {
    Tracer trace = x.trace();
    DType from = x.value().type().dtype();
    trace.require(
        type != DType.F64 && type != DType.TF32,
        Mistake.NO_SUCH_CONVERSION,
        "to: %s does not exist on the device; use F32",
        type.label());
    if (type == DType.BOOL && from != DType.BOOL) {
      return binary(BinaryOp.NE, x, 0L);
    }
    return trace
        .recording()
        .record("to", new Term.Cast(type, rounding, overflow, x.term()), List.of(x));
  }

  static Made bitcast(Made x, DType type) {
    Tracer trace = x.trace();
    DType from = x.value().type().dtype();
    trace.require(
        from.bits() == type.bits() && from != DType.BOOL && type != DType.BOOL,
        Mistake.NO_SUCH_CONVERSION,
        "bitcast: %s has %d bits, %s has %d; both must have the same number and hold numbers",
        from.label(),
        from.bits(),
        type.label(),
        type.bits());
    return trace.recording().record("bitcast", new Term.Bitcast(type, x.term()), List.of(x));
  }

  /// Word `word` of the random block at `offset`.
  static Made philox(Made seed, Made offset, int word) {
    Tracer trace = offset.trace();
    for (Made made : List.of(seed, offset)) {
      trace.require(
          made.value().type().dtype().isInteger(),
          Mistake.WRONG_TYPE,
          "random numbers: seed and offset must be integers, got %s made at line %d",
          made.value().type(),
          made.line());
    }
    Operands.checkShapes(trace, "random numbers", seed, offset);
    trace.use(seed);
    trace.use(offset);
    Term key = Operands.wide(seed.term());
    return trace
        .recording()
        .record("random numbers", new Term.Philox(key, offset.term(), word), List.of());
  }
}
