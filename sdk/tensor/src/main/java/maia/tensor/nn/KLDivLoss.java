package maia.tensor.nn;

import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// The divergence of a distribution from another whose logarithm is the prediction: t (log t - x),
/// 0 where t is 0.
///
/// @param form what the target holds
/// @param reduction mean, sum, or one loss per element
public record KLDivLoss(Form form, LossReduction reduction) implements Loss {
  /// The mean, for a target of probabilities; [LossReduction#BATCH_MEAN] is the divergence itself.
  public KLDivLoss() {
    this(Form.PROBABILITIES, LossReduction.MEAN);
  }

  /// What a target holds.
  public enum Form {
    /// Probabilities.
    PROBABILITIES,
    /// Their logarithms.
    LOGARITHMS,
  }

  @Override
  public Tensor forward(Tensor prediction, Tensor target) {
    Losses.checkShapes("KLDivLoss", prediction, target);
    return reduction.of(
        switch (form) {
          case PROBABILITIES -> {
            Tensor some = target.gt(0);
            yield target
                .mul(some.where(target, Losses.constant(1, target)).log())
                .sub(target.mul(prediction));
          }
          case LOGARITHMS -> target.exp().mul(target.sub(prediction));
        });
  }
}
