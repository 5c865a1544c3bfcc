package maia.tensor.nn;

import maia.tensor.Activations;
import maia.tensor.Tensor;

/// The logarithm of the logistic function.
public final class LogSigmoid extends Module {
  /// The function; it has no parameters.
  public LogSigmoid() {}

  @Override
  public Tensor forward(Tensor x) {
    return Activations.logSigmoid(x);
  }
}
