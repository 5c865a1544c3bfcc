package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// Half the squared differences up to `delta`, beyond it a straight line: delta (|d| - delta / 2).
///
/// @param delta where the line begins, positive
/// @param reduction mean, sum, or one loss per element
public record HuberLoss(double delta, LossReduction reduction) implements Loss {
  public HuberLoss {
    Check.argument(delta > 0, "HuberLoss: delta must be positive, was %s", delta);
  }

  /// The mean, with a delta of 1.
  public HuberLoss() {
    this(1, LossReduction.MEAN);
  }

  @Override
  public Tensor forward(Tensor prediction, Tensor target) {
    Losses.checkShapes("HuberLoss", prediction, target);
    Tensor far = prediction.sub(target).abs();
    Tensor near = far.mul(far).mul(0.5);
    return reduction.of(far.le(delta).where(near, far.sub(delta / 2).mul(delta)));
  }
}
