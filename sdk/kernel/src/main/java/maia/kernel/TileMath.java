package maia.kernel;

import maia.npl.Lane.UnaryOp;

/// Functions of the elements of a [Tile]. Results are the same bits on every machine.
public sealed interface TileMath permits Tile {
  private Tile self() {
    return (Tile) this;
  }

  private Tile unary(UnaryOp op) {
    return new Tile(Elementwise.unary(op, self().made));
  }

  /// This with the sign changed.
  default Tile neg() {
    return unary(UnaryOp.NEG);
  }

  /// The magnitude.
  default Tile abs() {
    return unary(UnaryOp.ABS);
  }

  /// The exponential.
  default Tile exp() {
    return unary(UnaryOp.EXP);
  }

  /// Two to the power of this.
  default Tile exp2() {
    return unary(UnaryOp.EXP2);
  }

  /// The natural logarithm.
  default Tile log() {
    return unary(UnaryOp.LOG);
  }

  /// The logarithm to base 2.
  default Tile log2() {
    return unary(UnaryOp.LOG2);
  }

  /// The square root, correctly rounded.
  default Tile sqrt() {
    return unary(UnaryOp.SQRT);
  }

  /// One over the square root.
  default Tile rsqrt() {
    return unary(UnaryOp.RSQRT);
  }

  /// One over this.
  default Tile reciprocal() {
    return unary(UnaryOp.RECIPROCAL);
  }

  /// The hyperbolic tangent.
  default Tile tanh() {
    return unary(UnaryOp.TANH);
  }

  /// The error function.
  default Tile erf() {
    return unary(UnaryOp.ERF);
  }

  /// The sine.
  default Tile sin() {
    return unary(UnaryOp.SIN);
  }

  /// The cosine.
  default Tile cos() {
    return unary(UnaryOp.COS);
  }

  /// The logistic function.
  default Tile sigmoid() {
    return unary(UnaryOp.SIGMOID);
  }

  /// The largest integer not above this.
  default Tile floor() {
    return unary(UnaryOp.FLOOR);
  }

  /// The smallest integer not below this.
  default Tile ceil() {
    return unary(UnaryOp.CEIL);
  }

  /// The square root, correctly rounded: what [#sqrt] is on this device.
  default Tile sqrtRn() {
    return sqrt();
  }

  /// The exponentials over their sum along `axis`, with the largest element subtracted first.
  default Tile softmax(int axis) {
    Tile e = self().sub(self().amax(axis).unsqueeze(axis)).exp();
    return e.div(e.sum(axis).unsqueeze(axis));
  }
}
