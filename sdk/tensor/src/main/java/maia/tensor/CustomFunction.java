package maia.tensor;

import java.util.List;
import java.util.Optional;

/// A differentiable function with a gradient of its own, run with [Tensor#apply].
///
/// ```java
/// record Cube() implements CustomFunction {
///   public Tensor forward(List<Tensor> inputs) {
///     return inputs.get(0).pow(3);
///   }
///
///   public List<Optional<Tensor>> backward(List<Tensor> inputs, Tensor output, Tensor gradient) {
///     return List.of(Optional.of(gradient.mul(inputs.get(0).pow(2)).mul(3)));
///   }
/// }
/// ```
public interface CustomFunction {
  /// The name used in messages.
  default String name() {
    return getClass().getSimpleName();
  }

  /// The result, on the device of the inputs; nothing in it is recorded.
  Tensor forward(List<Tensor> inputs);

  /// For each input, the gradient of a scalar with respect to it, given `gradient`, the one with
  /// respect to `output`; empty for an input that gets none. Made of tensor operations, it can be
  /// differentiated again.
  List<Optional<Tensor>> backward(List<Tensor> inputs, Tensor output, Tensor gradient);
}
