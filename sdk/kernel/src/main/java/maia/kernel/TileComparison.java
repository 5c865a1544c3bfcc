package maia.kernel;

import maia.kernel.ir.BinaryOp;

/// Comparisons of [Tile], element by element.
public sealed interface TileComparison permits Tile {
  private Tile self() {
    return (Tile) this;
  }

  /// Where this is less than `y`.
  default Mask lt(Tile y) {
    return new Mask(Elementwise.binary(BinaryOp.LT, self().made, y.made));
  }

  /// Where this is less than `y`.
  default Mask lt(long y) {
    return new Mask(Elementwise.binary(BinaryOp.LT, self().made, y));
  }

  /// Where this is less than `y`.
  default Mask lt(double y) {
    return new Mask(Elementwise.binary(BinaryOp.LT, self().made, y));
  }

  /// Where this is at most `y`.
  default Mask le(Tile y) {
    return new Mask(Elementwise.binary(BinaryOp.LE, self().made, y.made));
  }

  /// Where this is at most `y`.
  default Mask le(long y) {
    return new Mask(Elementwise.binary(BinaryOp.LE, self().made, y));
  }

  /// Where this is at most `y`.
  default Mask le(double y) {
    return new Mask(Elementwise.binary(BinaryOp.LE, self().made, y));
  }

  /// Where this is greater than `y`.
  default Mask gt(Tile y) {
    return new Mask(Elementwise.binary(BinaryOp.GT, self().made, y.made));
  }

  /// Where this is greater than `y`.
  default Mask gt(long y) {
    return new Mask(Elementwise.binary(BinaryOp.GT, self().made, y));
  }

  /// Where this is greater than `y`.
  default Mask gt(double y) {
    return new Mask(Elementwise.binary(BinaryOp.GT, self().made, y));
  }

  /// Where this is at least `y`.
  default Mask ge(Tile y) {
    return new Mask(Elementwise.binary(BinaryOp.GE, self().made, y.made));
  }

  /// Where this is at least `y`.
  default Mask ge(long y) {
    return new Mask(Elementwise.binary(BinaryOp.GE, self().made, y));
  }

  /// Where this is at least `y`.
  default Mask ge(double y) {
    return new Mask(Elementwise.binary(BinaryOp.GE, self().made, y));
  }

  /// Where this equals `y`.
  default Mask eq(Tile y) {
    return new Mask(Elementwise.binary(BinaryOp.EQ, self().made, y.made));
  }

  /// Where this equals `y`.
  default Mask eq(long y) {
    return new Mask(Elementwise.binary(BinaryOp.EQ, self().made, y));
  }

  /// Where this equals `y`.
  default Mask eq(double y) {
    return new Mask(Elementwise.binary(BinaryOp.EQ, self().made, y));
  }

  /// Where this differs from `y`.
  default Mask ne(Tile y) {
    return new Mask(Elementwise.binary(BinaryOp.NE, self().made, y.made));
  }

  /// Where this differs from `y`.
  default Mask ne(long y) {
    return new Mask(Elementwise.binary(BinaryOp.NE, self().made, y));
  }

  /// Where this differs from `y`.
  default Mask ne(double y) {
    return new Mask(Elementwise.binary(BinaryOp.NE, self().made, y));
  }
}
