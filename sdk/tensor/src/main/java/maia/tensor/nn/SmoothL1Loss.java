package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// Half the squared differences over `beta` up to `beta`, beyond it a line of slope 1: |d| - beta /
/// 2.
///
/// @param beta where the line begins, positive
/// @param reduction mean, sum, or one loss per element
public record SmoothL1Loss(double beta, LossReduction reduction) implements Loss {
  public SmoothL1Loss {
    Check.argument(beta > 0, "SmoothL1Loss: beta must be positive, was %s", beta);
  }

  /// The mean, with a beta of 1.
  public SmoothL1Loss() {
    this(1, LossReduction.MEAN);
  }

  @Override
  public Tensor forward(Tensor prediction, Tensor target) {
    Losses.checkShapes("SmoothL1Loss", prediction, target);
    Tensor far = prediction.sub(target).abs();
    Tensor near = far.mul(far).mul(0.5 / beta);
    return reduction.of(far.le(beta).where(near, far.sub(beta / 2)));
  }
}
