package maia.tensor.nn;

import java.util.List;
import java.util.Optional;
import maia.tensor.Tensor;

/// Runs when the gradients of a module's call are known.
@FunctionalInterface
public interface BackwardHook {
  /// Sees the gradient with respect to each input (empty for one that needs none) and with respect
  /// to the output of one call of `module`.
  void after(Module module, List<Optional<Tensor>> ofInputs, Tensor ofOutput);
}
