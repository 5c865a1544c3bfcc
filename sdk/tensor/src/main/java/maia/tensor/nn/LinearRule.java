package maia.tensor.nn;

import java.util.function.Supplier;
import maia.tensor.Tensor;

/// What linear layers compute inside a body, in the place of their own product, whatever module
/// they are part of: how calibration sees their inputs and how quantised weights take their place
/// without changing the module. Convolutions ask as the linear layer that they are over their
/// windows ([Windowed#product]), recurrent layers for each of their products
/// ([Recurrent#products]).
@FunctionalInterface
public interface LinearRule {
  /// The output of `layer` for `x`. No rule is in force inside, so [Linear#forward] is the layer's
  /// own product.
  Tensor output(Linear layer, Tensor x);

  /// Runs `body` under `rule`: on the calling thread, until it returns. Rules do not nest; the
  /// innermost is in force.
  static <T> T within(LinearRule rule, Supplier<T> body) {
    return LinearRules.within(rule, body);
  }
}
