package maia.kernel;

import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Mistake;

/// Arithmetic of [Tile]. Shapes stretch along dimensions of size 1; numbers take the tile's element
/// type. Integers of different widths meet in the wider one, integers and floats in the float type;
/// two different float types need a conversion. Integer results that do not fit their type stop the
/// run.
public sealed interface TileArithmetic permits Tile {
  private Tile self() {
    return (Tile) this;
  }

  /// This plus `y`.
  default Tile add(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.ADD, self().made, y.made));
  }

  /// This plus `y`.
  default Tile add(long y) {
    return new Tile(Elementwise.binary(BinaryOp.ADD, self().made, y));
  }

  /// This plus `y`.
  default Tile add(double y) {
    return new Tile(Elementwise.binary(BinaryOp.ADD, self().made, y));
  }

  /// This minus `y`.
  default Tile sub(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.SUB, self().made, y.made));
  }

  /// This minus `y`.
  default Tile sub(long y) {
    return new Tile(Elementwise.binary(BinaryOp.SUB, self().made, y));
  }

  /// This minus `y`.
  default Tile sub(double y) {
    return new Tile(Elementwise.binary(BinaryOp.SUB, self().made, y));
  }

  /// This times `y`.
  default Tile mul(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.MUL, self().made, y.made));
  }

  /// This times `y`.
  default Tile mul(long y) {
    return new Tile(Elementwise.binary(BinaryOp.MUL, self().made, y));
  }

  /// This times `y`.
  default Tile mul(double y) {
    return new Tile(Elementwise.binary(BinaryOp.MUL, self().made, y));
  }

  /// This divided by `y`; integers round toward zero.
  default Tile div(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.DIV, self().made, y.made));
  }

  /// This divided by `y`; integers round toward zero.
  default Tile div(long y) {
    return new Tile(Elementwise.binary(BinaryOp.DIV, self().made, y));
  }

  /// This divided by `y`; integers round toward zero.
  default Tile div(double y) {
    return new Tile(Elementwise.binary(BinaryOp.DIV, self().made, y));
  }

  /// This divided by `y`, both floats, correctly rounded.
  default Tile fdiv(Tile y) {
    self()
        .made
        .trace()
        .require(
            self().dtype().isFloat() && y.dtype().isFloat(),
            Mistake.WRONG_TYPE,
            "fdiv: needs floats, got %s and %s; use .div(y) for integers",
            self().made.value().type(),
            y.made.value().type());
    return div(y);
  }

  /// This divided by `y`, correctly rounded: what [#fdiv] is on this device.
  default Tile divRn(Tile y) {
    return fdiv(y);
  }

  /// The remainder of integer division by `y`, with the sign of this.
  default Tile rem(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.REM, self().made, y.made));
  }

  /// The remainder of integer division by `y`, with the sign of this.
  default Tile rem(long y) {
    return new Tile(Elementwise.binary(BinaryOp.REM, self().made, y));
  }

  /// Integer division by `y`, rounded up.
  default Tile cdiv(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.CDIV, self().made, y.made));
  }

  /// Integer division by `y`, rounded up.
  default Tile cdiv(long y) {
    return new Tile(Elementwise.binary(BinaryOp.CDIV, self().made, y));
  }

  /// The smaller of this and `y`, element by element; the other one where one is NaN.
  default Tile min(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.MIN, self().made, y.made));
  }

  /// The smaller of this and `y`, element by element; the other one where one is NaN.
  default Tile min(long y) {
    return new Tile(Elementwise.binary(BinaryOp.MIN, self().made, y));
  }

  /// The smaller of this and `y`, element by element; the other one where one is NaN.
  default Tile min(double y) {
    return new Tile(Elementwise.binary(BinaryOp.MIN, self().made, y));
  }

  /// The larger of this and `y`, element by element; the other one where one is NaN.
  default Tile max(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.MAX, self().made, y.made));
  }

  /// The larger of this and `y`, element by element; the other one where one is NaN.
  default Tile max(long y) {
    return new Tile(Elementwise.binary(BinaryOp.MAX, self().made, y));
  }

  /// The larger of this and `y`, element by element; the other one where one is NaN.
  default Tile max(double y) {
    return new Tile(Elementwise.binary(BinaryOp.MAX, self().made, y));
  }

  /// This, but not below `low` and not above `high`.
  default Tile clamp(double low, double high) {
    return max(low).min(high);
  }

  /// This, but not below `low` and not above `high`.
  default Tile clamp(Tile low, Tile high) {
    return max(low).min(high);
  }

  /// `this * y + z` with one rounding.
  default Tile fma(Tile y, Tile z) {
    return new Tile(Elementwise.fma(self().made, y.made, z.made));
  }

  /// The upper half of the unsigned product of 32-bit or 64-bit integers.
  default Tile umulhi(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.UMULHI, self().made, y.made));
  }

  /// The bits that both integers have.
  default Tile and(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.AND, self().made, y.made));
  }

  /// The bits that both integers have.
  default Tile and(long y) {
    return new Tile(Elementwise.binary(BinaryOp.AND, self().made, y));
  }

  /// The bits that at least one integer has.
  default Tile or(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.OR, self().made, y.made));
  }

  /// The bits that at least one integer has.
  default Tile or(long y) {
    return new Tile(Elementwise.binary(BinaryOp.OR, self().made, y));
  }

  /// The bits that exactly one integer has.
  default Tile xor(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.XOR, self().made, y.made));
  }

  /// The bits that exactly one integer has.
  default Tile xor(long y) {
    return new Tile(Elementwise.binary(BinaryOp.XOR, self().made, y));
  }

  /// The bits moved up by `y`, zeros from below; what moves out is lost.
  default Tile shl(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.SHL, self().made, y.made));
  }

  /// The bits moved up by `y`, zeros from below; what moves out is lost.
  default Tile shl(long y) {
    return new Tile(Elementwise.binary(BinaryOp.SHL, self().made, y));
  }

  /// The bits moved down by `y`, copies of the sign from above.
  default Tile shr(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.SHR, self().made, y.made));
  }

  /// The bits moved down by `y`, copies of the sign from above.
  default Tile shr(long y) {
    return new Tile(Elementwise.binary(BinaryOp.SHR, self().made, y));
  }

  /// The bits moved down by `y`, zeros from above.
  default Tile ushr(Tile y) {
    return new Tile(Elementwise.binary(BinaryOp.USHR, self().made, y.made));
  }

  /// The bits moved down by `y`, zeros from above.
  default Tile ushr(long y) {
    return new Tile(Elementwise.binary(BinaryOp.USHR, self().made, y));
  }
}
