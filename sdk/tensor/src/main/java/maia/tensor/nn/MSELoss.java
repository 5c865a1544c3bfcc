package maia.tensor.nn;

import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// The squared differences.
///
/// @param reduction mean, sum, or one loss per element
public record MSELoss(LossReduction reduction) implements Loss {
  /// The mean.
  public MSELoss() {
    this(LossReduction.MEAN);
  }

  @Override
  public Tensor forward(Tensor prediction, Tensor target) {
    Losses.checkShapes("MSELoss", prediction, target);
    return reduction.of(prediction.sub(target).pow(2));
  }
}
