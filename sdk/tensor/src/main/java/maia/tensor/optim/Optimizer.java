package maia.tensor.optim;

import java.util.List;
import maia.tensor.Tensor;

/// Changes parameters along their gradients.
public sealed interface Optimizer permits SGD, Adam {
  /// The parameters it changes.
  List<Tensor> parameters();

  /// The learning rate it was made with.
  double learningRate();

  /// One update at `learningRate`, for schedules. Parameters without a gradient stay.
  void step(double learningRate);

  /// One update.
  default void step() {
    step(learningRate());
  }

  /// Forgets all gradients.
  default void zeroGrad() {
    parameters().forEach(Tensor::zeroGrad);
  }
}
