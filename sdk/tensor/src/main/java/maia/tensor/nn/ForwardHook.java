package maia.tensor.nn;

import java.util.List;
import maia.tensor.Tensor;

/// Runs after the forward pass of a module.
@FunctionalInterface
public interface ForwardHook {
  /// The output to use: `output`, or another.
  Tensor after(Module module, List<Tensor> inputs, Tensor output);
}
