package maia.tensor;

import maia.numerics.DType;

/// More functions of the elements of a [Tensor], alone or in pairs that broadcast.
public sealed interface TensorFunctions permits Tensor {
  /// This tensor.
  Tensor self();

  private Tensor run(Elementary.Function function) {
    return Dispatch.run(new Elementary(function), self());
  }

  private Tensor run(Pair.Function function, Tensor other) {
    return Dispatch.run(new Pair(function), self(), other);
  }

  // ---------------------------------------------------------------- of one element

  /// The sine of an angle in radians.
  default Tensor sin() {
    return run(Elementary.Function.SIN);
  }

  /// The cosine of an angle in radians.
  default Tensor cos() {
    return run(Elementary.Function.COS);
  }

  /// The tangent of an angle in radians.
  default Tensor tan() {
    return run(Elementary.Function.TAN);
  }

  /// The angle in [-pi/2, pi/2] with this sine.
  default Tensor asin() {
    return run(Elementary.Function.ASIN);
  }

  /// The angle in [0, pi] with this cosine.
  default Tensor acos() {
    return run(Elementary.Function.ACOS);
  }

  /// The angle in [-pi/2, pi/2] with this tangent.
  default Tensor atan() {
    return run(Elementary.Function.ATAN);
  }

  /// The hyperbolic sine.
  default Tensor sinh() {
    return run(Elementary.Function.SINH);
  }

  /// The hyperbolic cosine.
  default Tensor cosh() {
    return run(Elementary.Function.COSH);
  }

  /// The inverse of the hyperbolic sine.
  default Tensor asinh() {
    return run(Elementary.Function.ASINH);
  }

  /// The inverse of the hyperbolic cosine, from 1 on.
  default Tensor acosh() {
    return run(Elementary.Function.ACOSH);
  }

  /// The inverse of the hyperbolic tangent, between -1 and 1.
  default Tensor atanh() {
    return run(Elementary.Function.ATANH);
  }

  /// 2 to the x.
  default Tensor exp2() {
    return run(Elementary.Function.EXP2);
  }

  /// e to the x, minus 1, exact near 0.
  default Tensor expm1() {
    return run(Elementary.Function.EXPM1);
  }

  /// The natural logarithm of 1 + x, exact near 0.
  default Tensor log1p() {
    return run(Elementary.Function.LOG1P);
  }

  /// The binary logarithm.
  default Tensor log2() {
    return run(Elementary.Function.LOG2);
  }

  /// The decimal logarithm.
  default Tensor log10() {
    return run(Elementary.Function.LOG10);
  }

  /// 1 / sqrt(x).
  default Tensor rsqrt() {
    return run(Elementary.Function.RSQRT);
  }

  /// 1 / x.
  default Tensor reciprocal() {
    return run(Elementary.Function.RECIPROCAL);
  }

  /// x times x; for floats.
  default Tensor square() {
    Tensor x = self();
    boolean whole = !x.dtype().isFloat() && x.dtype() != DType.BOOL;
    return whole ? x.mul(x) : run(Elementary.Function.SQUARE);
  }

  /// 1 - erf(x), exact for large x.
  default Tensor erfc() {
    return run(Elementary.Function.ERFC);
  }

  /// The inverse of the error function, between -1 and 1.
  default Tensor erfinv() {
    return run(Elementary.Function.ERFINV);
  }

  /// The natural logarithm of the magnitude of the gamma function.
  default Tensor lgamma() {
    return run(Elementary.Function.LGAMMA);
  }

  /// The derivative of [#lgamma].
  default Tensor digamma() {
    return run(Elementary.Function.DIGAMMA);
  }

  /// The largest whole number not above x.
  default Tensor floor() {
    return run(Elementary.Function.FLOOR);
  }

  /// The smallest whole number not below x.
  default Tensor ceil() {
    return run(Elementary.Function.CEIL);
  }

  /// The nearest whole number; ties to even.
  default Tensor round() {
    return run(Elementary.Function.ROUND);
  }

  /// x without its fraction.
  default Tensor trunc() {
    return run(Elementary.Function.TRUNC);
  }

  /// The fraction of x, with its sign.
  default Tensor frac() {
    return self().sub(trunc());
  }

  /// log(x / (1 - x)).
  default Tensor logit() {
    return self().log().sub(self().neg().log1p());
  }

  /// Where x is not a number.
  default Tensor isNan() {
    return self().ne(self());
  }

  /// Where x is plus or minus infinity.
  default Tensor isInf() {
    return self().abs().eq(Double.POSITIVE_INFINITY);
  }

  /// Where x is a finite number.
  default Tensor isFinite() {
    return self().abs().lt(Double.POSITIVE_INFINITY);
  }

  /// At least `low`, NaN kept.
  default Tensor clampMin(double low) {
    return self().clamp(low, Double.POSITIVE_INFINITY);
  }

  /// At most `high`, NaN kept.
  default Tensor clampMax(double high) {
    return self().clamp(Double.NEGATIVE_INFINITY, high);
  }

  /// As [TensorMath#clamp].
  default Tensor clip(double low, double high) {
    return self().clamp(low, high);
  }

  // ---------------------------------------------------------------- of pairs

  /// x to the power `exponent`.
  default Tensor pow(Tensor exponent) {
    return run(Pair.Function.POW, exponent);
  }

  /// x to a power.
  default Tensor pow(double exponent) {
    return run(Pair.Function.POW, Create.scalarLike(self(), exponent));
  }

  /// The angle of the point (`x`, this), in [-pi, pi].
  default Tensor atan2(Tensor x) {
    return run(Pair.Function.ATAN2, x);
  }

  /// The length of the vector (this, `other`).
  default Tensor hypot(Tensor other) {
    return run(Pair.Function.HYPOT, other);
  }

  /// The rest of the division, with the sign of this, as C's `%`.
  default Tensor fmod(Tensor divisor) {
    return run(Pair.Function.FMOD, divisor);
  }

  /// As [#fmod(Tensor)].
  default Tensor fmod(double divisor) {
    return fmod(Create.scalarLike(self(), divisor));
  }

  /// The rest of the division, with the sign of the divisor, as Python's `%`.
  default Tensor remainder(Tensor divisor) {
    return run(Pair.Function.REMAINDER, divisor);
  }

  /// As [#remainder(Tensor)].
  default Tensor remainder(double divisor) {
    return remainder(Create.scalarLike(self(), divisor));
  }

  /// As [#remainder(Tensor)], which leaves integers integers.
  default Tensor remainder(long divisor) {
    return remainder(Create.scalarLike(self(), divisor));
  }

  /// The quotient rounded down.
  default Tensor floorDivide(Tensor divisor) {
    return run(Pair.Function.FLOOR_DIVIDE, divisor);
  }

  /// As [#floorDivide(Tensor)].
  default Tensor floorDivide(double divisor) {
    return floorDivide(Create.scalarLike(self(), divisor));
  }

  /// As [#floorDivide(Tensor)], which leaves integers integers.
  default Tensor floorDivide(long divisor) {
    return floorDivide(Create.scalarLike(self(), divisor));
  }

  /// The magnitude of this with the sign of `sign`.
  default Tensor copysign(Tensor sign) {
    return run(Pair.Function.COPYSIGN, sign);
  }

  /// log(e to this + e to other), without overflow.
  default Tensor logaddexp(Tensor other) {
    Tensor a = self();
    Tensor high = a.maximum(other);
    Tensor distance = a.eq(other).where(0, a.sub(other).abs());
    return high.add(distance.neg().exp().log1p());
  }

  /// this times log(other); 0 where this is 0, unless other is NaN.
  default Tensor xlogy(Tensor other) {
    Tensor none = self().eq(0L).logicalAnd(other.eq(other));
    Tensor safe = none.where(Create.scalarLike(other, 1).to(other.dtype()), other);
    return self().mul(safe.log());
  }

  /// Bits that both have; of truth values: *and*.
  default Tensor bitwiseAnd(Tensor other) {
    return run(Pair.Function.BIT_AND, other);
  }

  /// Bits that either has; of truth values: *or*.
  default Tensor bitwiseOr(Tensor other) {
    return run(Pair.Function.BIT_OR, other);
  }

  /// Bits that one of both has.
  default Tensor bitwiseXor(Tensor other) {
    return run(Pair.Function.BIT_XOR, other);
  }

  /// Every bit turned; of truth values: *not*.
  default Tensor bitwiseNot() {
    return self().type() == DType.BOOL ? logicalNot() : self().neg().sub(1L);
  }

  /// Shifted to the left; beyond the width of I64: 0.
  default Tensor bitwiseLeftShift(Tensor by) {
    return run(Pair.Function.SHIFT_LEFT, by);
  }

  /// Shifted to the right, keeping the sign.
  default Tensor bitwiseRightShift(Tensor by) {
    return run(Pair.Function.SHIFT_RIGHT, by);
  }

  /// Whether both are not 0.
  default Tensor logicalAnd(Tensor other) {
    return self().ne(0L).bitwiseAnd(other.ne(0L));
  }

  /// Whether one or both are not 0.
  default Tensor logicalOr(Tensor other) {
    return self().ne(0L).bitwiseOr(other.ne(0L));
  }

  /// Whether exactly one is not 0.
  default Tensor logicalXor(Tensor other) {
    return self().ne(0L).bitwiseXor(other.ne(0L));
  }

  /// Whether it is 0.
  default Tensor logicalNot() {
    return self().eq(0L);
  }

  // ---------------------------------------------------------------- of three

  /// this + weight (end - this).
  default Tensor lerp(Tensor end, double weight) {
    return self().add(end.sub(self()).mul(weight));
  }

  /// this + weight (end - this), element by element.
  default Tensor lerp(Tensor end, Tensor weight) {
    return self().add(end.sub(self()).mul(weight));
  }

  /// this + value a b.
  default Tensor addcmul(Tensor a, Tensor b, double value) {
    return self().add(a.mul(b).mul(value));
  }

  /// this + value a / b.
  default Tensor addcdiv(Tensor a, Tensor b, double value) {
    return self().add(a.div(b).mul(value));
  }

  /// Where |this - other| is at most absolute + relative |other|.
  default Tensor isClose(Tensor other, double relative, double absolute) {
    Tensor bound = other.abs().mul(relative).add(absolute);
    Tensor near = self().sub(other).abs().le(bound);
    return near.bitwiseAnd(self().isFinite()).bitwiseOr(self().eq(other));
  }

  /// Whether [#isClose] holds everywhere.
  default boolean allClose(Tensor other, double relative, double absolute) {
    return isClose(other, relative, absolute).logicalNot().sum().item() == 0;
  }
}
