package maia.tensor.nn;

import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// Distances that should be small where the target is 1 and at least `margin` where it is -1: x, or
/// what x lacks of the margin.
///
/// @param margin how large distances of different things should be
/// @param reduction mean, sum, or one loss per element
public record HingeEmbeddingLoss(double margin, LossReduction reduction) implements Loss {
  /// The mean, with a margin of 1.
  public HingeEmbeddingLoss() {
    this(1, LossReduction.MEAN);
  }

  @Override
  public Tensor forward(Tensor prediction, Tensor target) {
    Losses.checkShapes("HingeEmbeddingLoss", prediction, target);
    return reduction.of(target.eq(1).where(prediction, prediction.neg().add(margin).clampMin(0)));
  }
}
