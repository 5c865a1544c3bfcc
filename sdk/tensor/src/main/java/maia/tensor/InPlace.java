package maia.tensor;

import java.util.Arrays;
import java.util.function.UnaryOperator;

/// How an operation writes its result into the tensor it was called on.
final class InPlace {
  private InPlace() {}

  /// Overwrites `x` with `op` of it and returns it. In a graph the operation gets a copy of `x`, so
  /// that its gradient reads the values it saw.
  static Tensor write(Tensor x, String name, UnaryOperator<Tensor> op) {
    Tensor result = op.apply(x.requiresGrad() ? x.clone() : x);
    if (result.requiresGrad() && !x.requiresGrad()) {
      result = op.apply(x.clone());
    }
    ShapeException.check(
        Arrays.equals(result.layout().shape(), x.layout().shape()),
        "%s: the result is %s, the tensor %s; an operation in place does not change the shape",
        name,
        Layout.text(result.layout().shape()),
        Layout.text(x.layout().shape()));
    if (Promotion.kind(result.dtype(name)) > Promotion.kind(x.dtype(name))) {
      throw TensorException.of(
          "%s: the result is %s, which a tensor of %s does not hold; use the form that returns a new"
              + " tensor",
          name, result.type().label(), x.type().label());
    }
    return Autograd.write(name, x, result.to(x.dtype(name)));
  }
}
