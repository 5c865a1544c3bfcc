package maia.tensor.nn;

import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// Binary cross entropy of probabilities and targets, both from 0 to 1: -(t log p + (1 - t) log(1 -
/// p)), logarithms not below -100. Other predictions on the host are refused.
///
/// @param reduction mean, sum, or one loss per element
public record BCELoss(LossReduction reduction) implements Loss {
  /// The mean.
  public BCELoss() {
    this(LossReduction.MEAN);
  }

  @Override
  public Tensor forward(Tensor prediction, Tensor target) {
    Losses.checkShapes("BCELoss", prediction, target);
    Losses.checkProbabilities("BCELoss", prediction);
    Tensor on = target.mul(Losses.log(prediction));
    Tensor off = target.neg().add(1).mul(Losses.log(prediction.neg().add(1)));
    return reduction.of(on.add(off).neg());
  }
}
