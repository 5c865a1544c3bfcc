package maia.tensor;

/// The in-place forms of a [Tensor]'s operations, named as in PyTorch with a final underscore: each
/// overwrites this tensor, which all views of its memory see, and returns it. The result keeps this
/// tensor's shape and type; a result that does not fit is refused.
///
/// A leaf marked with [Tensor#requireGrad] is only written inside [Tensor#noGrad(Runnable)]. A
/// gradient that needs values overwritten here refuses.
public sealed interface TensorInPlace permits Tensor {
  /// This tensor.
  Tensor self();

  /// this += other.
  default Tensor add_(Tensor other) {
    return InPlace.write(self(), "add_", x -> x.add(other));
  }

  /// this += value.
  default Tensor add_(double value) {
    return InPlace.write(self(), "add_", x -> x.add(value));
  }

  /// this += value.
  default Tensor add_(long value) {
    return InPlace.write(self(), "add_", x -> x.add(value));
  }

  /// this -= other.
  default Tensor sub_(Tensor other) {
    return InPlace.write(self(), "sub_", x -> x.sub(other));
  }

  /// this -= value.
  default Tensor sub_(double value) {
    return InPlace.write(self(), "sub_", x -> x.sub(value));
  }

  /// this -= value.
  default Tensor sub_(long value) {
    return InPlace.write(self(), "sub_", x -> x.sub(value));
  }

  /// this *= other.
  default Tensor mul_(Tensor other) {
    return InPlace.write(self(), "mul_", x -> x.mul(other));
  }

  /// this *= value.
  default Tensor mul_(double value) {
    return InPlace.write(self(), "mul_", x -> x.mul(value));
  }

  /// this *= value.
  default Tensor mul_(long value) {
    return InPlace.write(self(), "mul_", x -> x.mul(value));
  }

  /// this /= other; refused for integers.
  default Tensor div_(Tensor other) {
    return InPlace.write(self(), "div_", x -> x.div(other));
  }

  /// this /= value; refused for integers.
  default Tensor div_(double value) {
    return InPlace.write(self(), "div_", x -> x.div(value));
  }

  /// 0 where this is below 0.
  default Tensor relu_() {
    return InPlace.write(self(), "relu_", Tensor::relu);
  }

  /// e to the this.
  default Tensor exp_() {
    return InPlace.write(self(), "exp_", Tensor::exp);
  }

  /// The natural logarithm.
  default Tensor log_() {
    return InPlace.write(self(), "log_", Tensor::log);
  }

  /// The hyperbolic tangent.
  default Tensor tanh_() {
    return InPlace.write(self(), "tanh_", Tensor::tanh);
  }

  /// 1 / (1 + e to the -this).
  default Tensor sigmoid_() {
    return InPlace.write(self(), "sigmoid_", Tensor::sigmoid);
  }

  /// The square root.
  default Tensor sqrt_() {
    return InPlace.write(self(), "sqrt_", Tensor::sqrt);
  }

  /// A whole power.
  default Tensor pow_(int exponent) {
    return InPlace.write(self(), "pow_", x -> x.pow(exponent));
  }

  /// -this.
  default Tensor neg_() {
    return InPlace.write(self(), "neg_", Tensor::neg);
  }

  /// The magnitude.
  default Tensor abs_() {
    return InPlace.write(self(), "abs_", Tensor::abs);
  }

  /// Limited to `low` and `high`.
  default Tensor clamp_(double low, double high) {
    return InPlace.write(self(), "clamp_", x -> x.clamp(low, high));
  }

  /// 0 everywhere.
  default Tensor zero_() {
    return fill_(0);
  }

  /// `value` everywhere, rounded to this tensor's type.
  default Tensor fill_(double value) {
    self().assign(Create.full(value, self().dtype("fill_")).to(self().device()));
    return self();
  }

  /// The values of `other`, broadcast and rounded to this tensor's type; see [Tensor#assign].
  default Tensor copy_(Tensor other) {
    self().assign(other);
    return self();
  }
}
