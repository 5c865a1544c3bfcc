package maia.kernel;

import java.util.List;
import java.util.function.BinaryOperator;
import maia.kernel.Tile.Made;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.npl.Lane.UnaryOp;
import maia.numerics.DType;
import org.jspecify.annotations.Nullable;

/// Truth values on the device.
public final class Mask {
  final Made made;

  Mask(Made made) {
    this.made = made;
  }

  /// Sizes, outermost first.
  public List<Integer> shape() {
    return made.value().type().shape();
  }

  /// Where both hold.
  public Mask and(Mask other) {
    return new Mask(Elementwise.binary(BinaryOp.AND, made, other.made));
  }

  /// Where at least one holds.
  public Mask or(Mask other) {
    return new Mask(Elementwise.binary(BinaryOp.OR, made, other.made));
  }

  /// Where exactly one holds.
  public Mask xor(Mask other) {
    return new Mask(Elementwise.binary(BinaryOp.XOR, made, other.made));
  }

  /// Where this does not hold.
  public Mask not() {
    return new Mask(Elementwise.unary(UnaryOp.NOT, made));
  }

  /// `a` where this holds, else `b`.
  public Tile where(Tile a, Tile b) {
    return new Tile(Elementwise.select(made, a.made, b.made));
  }

  /// `a` where this holds, else the number `b`.
  public Tile where(Tile a, double b) {
    return new Tile(Elementwise.select(made, a.made, Elementwise.number("where", a.made, b)));
  }

  /// `a` where this holds, else the number `b`.
  public Tile where(Tile a, long b) {
    return new Tile(Elementwise.select(made, a.made, Elementwise.number("where", a.made, b)));
  }

  /// The number `a` where this holds, else `b`.
  public Tile where(double a, Tile b) {
    return new Tile(Elementwise.select(made, Elementwise.number("where", b.made, a), b.made));
  }

  /// The number `a` where this holds, else `b`.
  public Tile where(long a, Tile b) {
    return new Tile(Elementwise.select(made, Elementwise.number("where", b.made, a), b.made));
  }

  /// 1 where this holds, else 0.
  public Tile to(DType type) {
    return new Tile(Elementwise.cast(made, type));
  }

  /// The truth values as a tile of BOOL, which an array or a [Var] can hold.
  public Tile asTile() {
    return new Tile(made);
  }

  /// Where at least one position of `axis` holds.
  public Mask any(int axis) {
    return fold("any", axis, (x, y) -> x.asMask().or(y.asMask()).asTile());
  }

  /// Where every position of `axis` holds.
  public Mask all(int axis) {
    return fold("all", axis, (x, y) -> x.asMask().and(y.asMask()).asTile());
  }

  /// Whether at least one element holds.
  public Mask any() {
    return shape().isEmpty() ? this : any(shape().size() - 1).any();
  }

  /// Whether every element holds.
  public Mask all() {
    return shape().isEmpty() ? this : all(shape().size() - 1).all();
  }

  private Mask fold(String what, int axis, BinaryOperator<Tile> f) {
    return Folds.fold(
            what,
            List.of(asTile()),
            axis,
            Direction.FORWARD,
            Op.Fold.Kind.REDUCE,
            (x, y) -> List.of(f.apply(x.getFirst(), y.getFirst())))
        .getFirst()
        .asMask();
  }

  /// A vector as a row, 1 x n.
  public Mask row() {
    return new Mask(Shapes.vector("row", made, 0));
  }

  /// A vector as a column, n x 1.
  public Mask col() {
    return new Mask(Shapes.vector("col", made, 1));
  }

  /// This with a dimension of size 1 inserted at `dim`.
  public Mask unsqueeze(int dim) {
    return new Mask(Shapes.unsqueeze(made, dim));
  }

  /// This without dimension `dim`, whose size is 1.
  public Mask squeeze(int dim) {
    return new Mask(Shapes.squeeze(made, dim));
  }

  /// This stretched to `shape`.
  public Mask broadcastTo(int... shape) {
    return new Mask(Shapes.broadcast(made, shape));
  }

  /// The elements in row-major order in another shape of the same size.
  public Mask reshape(int... shape) {
    return new Mask(Shapes.reshape("reshape", made, shape));
  }

  /// This with its last two dimensions swapped.
  public Mask t() {
    return new Mask(Shapes.transpose(made));
  }

  /// This with its dimensions exchanged: dimension `d` of the result is dimension `order[d]`.
  public Mask permute(int... order) {
    return new Mask(Shapes.permute(made, order));
  }

  /// Always refuses: masks have no values while tracing.
  @Override
  public boolean equals(@Nullable Object other) {
    throw made.trace()
        .error(
            Mistake.COMPARED_WHILE_TRACING,
            "masks have no values while tracing; combine them with and, or, not");
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /// The type, such as `bool[128]`; in a kernel that runs eagerly, the values.
  @Override
  public String toString() {
    return made.trace().recording().driver().text(made.value());
  }
}
