package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// The negative logarithm of a target's density under normal distributions of predicted mean and
/// variance, without the constant: (log v + (t - x)^2 / v) / 2.
///
/// @param epsilon variances below it count as it, without a gradient; positive
/// @param reduction mean, sum, or one loss per element
public record GaussianNLLLoss(double epsilon, LossReduction reduction) {
  public GaussianNLLLoss {
    Check.argument(epsilon > 0, "GaussianNLLLoss: epsilon must be positive, was %s", epsilon);
  }

  /// The mean, with an epsilon of 1e-6.
  public GaussianNLLLoss() {
    this(1e-6, LossReduction.MEAN);
  }

  /// The loss of means, targets and variances of one shape.
  public Tensor forward(Tensor mean, Tensor target, Tensor variance) {
    Losses.checkShapes("GaussianNLLLoss", mean, target);
    Losses.checkShapes("GaussianNLLLoss", mean, variance);
    Tensor v = variance.ge(epsilon).where(variance, Losses.constant(epsilon, variance));
    return reduction.of(v.log().add(mean.sub(target).square().div(v)).mul(0.5));
  }
}
