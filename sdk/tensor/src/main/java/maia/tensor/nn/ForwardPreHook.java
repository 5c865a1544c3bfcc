package maia.tensor.nn;

import java.util.List;
import maia.tensor.Tensor;

/// Runs before the forward pass of a module.
@FunctionalInterface
public interface ForwardPreHook {
  /// The inputs to use: `inputs`, or as many others.
  List<Tensor> before(Module module, List<Tensor> inputs);
}
