package maia.tensor.nn;

import maia.tensor.Functional;
import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// log(1 + e^(-t x)) of targets t that are 1 or -1.
///
/// @param reduction mean, sum, or one loss per element
public record SoftMarginLoss(LossReduction reduction) implements Loss {
  /// The mean.
  public SoftMarginLoss() {
    this(LossReduction.MEAN);
  }

  @Override
  public Tensor forward(Tensor prediction, Tensor target) {
    Losses.checkShapes("SoftMarginLoss", prediction, target);
    return reduction.of(Functional.softplus(prediction.mul(target).neg()));
  }
}
