package maia.kernel;

import java.util.List;
import maia.kernel.Tile.Made;
import maia.kernel.ir.BinaryOp;
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
    return new Mask(made.trace().binary(BinaryOp.AND, made, other.made));
  }

  /// Where at least one holds.
  public Mask or(Mask other) {
    return new Mask(made.trace().binary(BinaryOp.OR, made, other.made));
  }

  /// Where this does not hold.
  public Mask not() {
    return new Mask(made.trace().unary(UnaryOp.NOT, made));
  }

  /// `a` where this holds, else `b`.
  public Tile where(Tile a, Tile b) {
    return new Tile(made.trace().select(made, a.made, b.made));
  }

  /// `a` where this holds, else the number `b`.
  public Tile where(Tile a, double b) {
    return new Tile(made.trace().select(made, a.made, made.trace().number("where", a.made, b)));
  }

  /// `a` where this holds, else the number `b`.
  public Tile where(Tile a, long b) {
    return new Tile(made.trace().select(made, a.made, made.trace().number("where", a.made, b)));
  }

  /// The number `a` where this holds, else `b`.
  public Tile where(double a, Tile b) {
    return new Tile(made.trace().select(made, made.trace().number("where", b.made, a), b.made));
  }

  /// 1 where this holds, else 0.
  public Tile to(DType type) {
    return new Tile(made.trace().cast(made, type));
  }

  /// A vector as a row, 1 x n.
  public Mask row() {
    return new Mask(made.trace().vector("row", made, 0));
  }

  /// A vector as a column, n x 1.
  public Mask col() {
    return new Mask(made.trace().vector("col", made, 1));
  }

  /// This with a dimension of size 1 inserted at `dim`.
  public Mask unsqueeze(int dim) {
    return new Mask(made.trace().unsqueeze(made, dim));
  }

  /// This stretched to `shape`.
  public Mask broadcastTo(int... shape) {
    return new Mask(made.trace().broadcast(made, shape));
  }

  /// This with its last two dimensions swapped.
  public Mask t() {
    return new Mask(made.trace().transpose(made));
  }

  /// Always refuses: masks have no values while tracing.
  @Override
  public boolean equals(@Nullable Object other) {
    throw made.trace().error("masks have no values while tracing; combine them with and, or, not");
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /// The type, such as `bool[128]`.
  @Override
  public String toString() {
    return made.trace().recording().driver().text(made.value());
  }
}
