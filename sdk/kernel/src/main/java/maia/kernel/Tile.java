package maia.kernel;

import java.util.List;
import maia.base.Origin;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;
import maia.npl.Instr.ReduceOp;
import maia.npl.Lane.UnaryOp;
import maia.numerics.DType;
import org.jspecify.annotations.Nullable;

/// A value on the device: rank 0 is a scalar. Methods record operations; shapes stretch along
/// dimensions of size 1, and numbers take the tile's element type.
public final class Tile {
  final Made made;

  Tile(Made made) {
    this.made = made;
  }

  /// Where a device value comes from.
  record Made(Tracer trace, Value value, Region region, Origin.Frame frame) {
    Term term() {
      return trace.termOf(value);
    }

    int line() {
      return trace.origin(frame).line();
    }
  }

  /// The element type.
  public DType dtype() {
    return made.value().type().dtype();
  }

  /// Sizes, outermost first.
  public List<Integer> shape() {
    return made.value().type().shape();
  }

  private Tile binary(BinaryOp op, Tile y) {
    return new Tile(made.trace().binary(op, made, y.made));
  }

  private Tile binary(BinaryOp op, double y) {
    return new Tile(made.trace().binary(op, made, made.trace().number(op.label(), made, y)));
  }

  private Tile binary(BinaryOp op, long y) {
    return new Tile(made.trace().binary(op, made, made.trace().number(op.label(), made, y)));
  }

  private Mask compare(BinaryOp op, Tile y) {
    return new Mask(made.trace().binary(op, made, y.made));
  }

  private Mask compare(BinaryOp op, double y) {
    return new Mask(made.trace().binary(op, made, made.trace().number(op.label(), made, y)));
  }

  private Mask compare(BinaryOp op, long y) {
    return new Mask(made.trace().binary(op, made, made.trace().number(op.label(), made, y)));
  }

  private Tile unary(UnaryOp op) {
    return new Tile(made.trace().unary(op, made));
  }

  private Tile reduce(ReduceOp op, int axis) {
    return new Tile(made.trace().reduce(op, made, axis));
  }

  private Tile reduceAll(ReduceOp op) {
    Tile all = this;
    while (!all.shape().isEmpty()) {
      all = all.reduce(op, all.shape().size() - 1);
    }
    return all;
  }

  /// This plus `y`.
  public Tile add(Tile y) {
    return binary(BinaryOp.ADD, y);
  }

  /// This plus `y`.
  public Tile add(long y) {
    return binary(BinaryOp.ADD, y);
  }

  /// This plus `y`.
  public Tile add(double y) {
    return binary(BinaryOp.ADD, y);
  }

  /// This minus `y`.
  public Tile sub(Tile y) {
    return binary(BinaryOp.SUB, y);
  }

  /// This minus `y`.
  public Tile sub(long y) {
    return binary(BinaryOp.SUB, y);
  }

  /// This minus `y`.
  public Tile sub(double y) {
    return binary(BinaryOp.SUB, y);
  }

  /// This times `y`.
  public Tile mul(Tile y) {
    return binary(BinaryOp.MUL, y);
  }

  /// This times `y`.
  public Tile mul(long y) {
    return binary(BinaryOp.MUL, y);
  }

  /// This times `y`.
  public Tile mul(double y) {
    return binary(BinaryOp.MUL, y);
  }

  /// This divided by `y`; integers round toward zero.
  public Tile div(Tile y) {
    return binary(BinaryOp.DIV, y);
  }

  /// This divided by `y`; integers round toward zero.
  public Tile div(long y) {
    return binary(BinaryOp.DIV, y);
  }

  /// This divided by `y`; integers round toward zero.
  public Tile div(double y) {
    return binary(BinaryOp.DIV, y);
  }

  /// The remainder of integer division by `y`.
  public Tile rem(Tile y) {
    return binary(BinaryOp.REM, y);
  }

  /// The remainder of integer division by `y`.
  public Tile rem(long y) {
    return binary(BinaryOp.REM, y);
  }

  /// Integer division by `y`, rounded up; scalars only.
  public Tile cdiv(Tile y) {
    return binary(BinaryOp.CDIV, y);
  }

  /// Integer division by `y`, rounded up; scalars only.
  public Tile cdiv(long y) {
    return binary(BinaryOp.CDIV, y);
  }

  /// The smaller of this and `y`, element by element.
  public Tile min(Tile y) {
    return binary(BinaryOp.MIN, y);
  }

  /// The smaller of this and `y`, element by element.
  public Tile min(long y) {
    return binary(BinaryOp.MIN, y);
  }

  /// The smaller of this and `y`, element by element.
  public Tile min(double y) {
    return binary(BinaryOp.MIN, y);
  }

  /// The larger of this and `y`, element by element.
  public Tile max(Tile y) {
    return binary(BinaryOp.MAX, y);
  }

  /// The larger of this and `y`, element by element.
  public Tile max(long y) {
    return binary(BinaryOp.MAX, y);
  }

  /// The larger of this and `y`, element by element.
  public Tile max(double y) {
    return binary(BinaryOp.MAX, y);
  }

  /// Where this is less than `y`.
  public Mask lt(Tile y) {
    return compare(BinaryOp.LT, y);
  }

  /// Where this is less than `y`.
  public Mask lt(long y) {
    return compare(BinaryOp.LT, y);
  }

  /// Where this is less than `y`.
  public Mask lt(double y) {
    return compare(BinaryOp.LT, y);
  }

  /// Where this is at most `y`.
  public Mask le(Tile y) {
    return compare(BinaryOp.LE, y);
  }

  /// Where this is at most `y`.
  public Mask le(long y) {
    return compare(BinaryOp.LE, y);
  }

  /// Where this is at most `y`.
  public Mask le(double y) {
    return compare(BinaryOp.LE, y);
  }

  /// Where this is greater than `y`.
  public Mask gt(Tile y) {
    return compare(BinaryOp.GT, y);
  }

  /// Where this is greater than `y`.
  public Mask gt(long y) {
    return compare(BinaryOp.GT, y);
  }

  /// Where this is greater than `y`.
  public Mask gt(double y) {
    return compare(BinaryOp.GT, y);
  }

  /// Where this is at least `y`.
  public Mask ge(Tile y) {
    return compare(BinaryOp.GE, y);
  }

  /// Where this is at least `y`.
  public Mask ge(long y) {
    return compare(BinaryOp.GE, y);
  }

  /// Where this is at least `y`.
  public Mask ge(double y) {
    return compare(BinaryOp.GE, y);
  }

  /// Where this equals `y`.
  public Mask eq(Tile y) {
    return compare(BinaryOp.EQ, y);
  }

  /// Where this equals `y`.
  public Mask eq(long y) {
    return compare(BinaryOp.EQ, y);
  }

  /// Where this equals `y`.
  public Mask eq(double y) {
    return compare(BinaryOp.EQ, y);
  }

  /// Where this differs from `y`.
  public Mask ne(Tile y) {
    return compare(BinaryOp.NE, y);
  }

  /// Where this differs from `y`.
  public Mask ne(long y) {
    return compare(BinaryOp.NE, y);
  }

  /// Where this differs from `y`.
  public Mask ne(double y) {
    return compare(BinaryOp.NE, y);
  }

  /// This with the sign changed.
  public Tile neg() {
    return unary(UnaryOp.NEG);
  }

  /// The magnitude.
  public Tile abs() {
    return unary(UnaryOp.ABS);
  }

  /// The exponential.
  public Tile exp() {
    return unary(UnaryOp.EXP);
  }

  /// Two to the power of this.
  public Tile exp2() {
    return unary(UnaryOp.EXP2);
  }

  /// The natural logarithm.
  public Tile log() {
    return unary(UnaryOp.LOG);
  }

  /// The logarithm to base 2.
  public Tile log2() {
    return unary(UnaryOp.LOG2);
  }

  /// The square root.
  public Tile sqrt() {
    return unary(UnaryOp.SQRT);
  }

  /// One over the square root.
  public Tile rsqrt() {
    return unary(UnaryOp.RSQRT);
  }

  /// One over this.
  public Tile reciprocal() {
    return unary(UnaryOp.RECIPROCAL);
  }

  /// The hyperbolic tangent.
  public Tile tanh() {
    return unary(UnaryOp.TANH);
  }

  /// The error function.
  public Tile erf() {
    return unary(UnaryOp.ERF);
  }

  /// The sine.
  public Tile sin() {
    return unary(UnaryOp.SIN);
  }

  /// The cosine.
  public Tile cos() {
    return unary(UnaryOp.COS);
  }

  /// The logistic function.
  public Tile sigmoid() {
    return unary(UnaryOp.SIGMOID);
  }

  /// The largest integer not above this.
  public Tile floor() {
    return unary(UnaryOp.FLOOR);
  }

  /// The smallest integer not below this.
  public Tile ceil() {
    return unary(UnaryOp.CEIL);
  }

  /// `this * y + z` with one rounding.
  public Tile fma(Tile y, Tile z) {
    return new Tile(made.trace().fma(made, y.made, z.made));
  }

  /// The sum along `axis`, which is removed.
  public Tile sum(int axis) {
    return reduce(ReduceOp.SUM, axis);
  }

  /// The sum of all elements, last dimension first.
  public Tile sum() {
    return reduceAll(ReduceOp.SUM);
  }

  /// The largest element along `axis`, which is removed.
  public Tile amax(int axis) {
    return reduce(ReduceOp.MAX, axis);
  }

  /// The largest element.
  public Tile amax() {
    return reduceAll(ReduceOp.MAX);
  }

  /// The smallest element along `axis`, which is removed.
  public Tile amin(int axis) {
    return reduce(ReduceOp.MIN, axis);
  }

  /// The smallest element.
  public Tile amin() {
    return reduceAll(ReduceOp.MIN);
  }

  /// This converted, to nearest even and saturating.
  public Tile to(DType type) {
    return new Tile(made.trace().cast(made, type));
  }

  /// A vector as a row, 1 x n.
  public Tile row() {
    return new Tile(made.trace().vector("row", made, 0));
  }

  /// A vector as a column, n x 1.
  public Tile col() {
    return new Tile(made.trace().vector("col", made, 1));
  }

  /// This with a dimension of size 1 inserted at `dim`.
  public Tile unsqueeze(int dim) {
    return new Tile(made.trace().unsqueeze(made, dim));
  }

  /// This stretched to `shape`.
  public Tile broadcastTo(int... shape) {
    return new Tile(made.trace().broadcast(made, shape));
  }

  /// This with its last two dimensions swapped.
  public Tile t() {
    return new Tile(made.trace().transpose(made));
  }

  /// Zeros of this type and shape.
  public Tile zerosLike() {
    return made.trace().full(dtype(), 0, shape().stream().mapToInt(Integer::intValue).toArray());
  }

  /// Always refuses: use [#eq] for a comparison on the device.
  @Override
  public boolean equals(@Nullable Object other) {
    throw made.trace().error("tiles have no values while tracing; compare them with a.eq(b)");
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /// The type, such as `f32[128x64]`.
  @Override
  public String toString() {
    return made.trace().recording().driver().text(made.value());
  }
}
