package maia.tensor.nn;

import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// The magnitudes of the differences.
///
/// @param reduction mean, sum, or one loss per element
public record L1Loss(LossReduction reduction) implements Loss {
  /// The mean.
  public L1Loss() {
    this(LossReduction.MEAN);
  }

  @Override
  public Tensor forward(Tensor prediction, Tensor target) {
    Losses.checkShapes("L1Loss", prediction, target);
    return reduction.of(prediction.sub(target).abs());
  }
}
