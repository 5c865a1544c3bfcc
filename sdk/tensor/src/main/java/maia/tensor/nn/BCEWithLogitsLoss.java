package maia.tensor.nn;

import java.util.Optional;
import maia.tensor.Functional;
import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// Binary cross entropy of logits and targets from 0 to 1: (1 - t) x + (1 + (w - 1) t) log(1 +
/// e^-x) with the weight w of the positive class.
///
/// @param positiveWeight a factor of the positive class that broadcasts, or none
/// @param reduction mean, sum, or one loss per element
public record BCEWithLogitsLoss(Optional<Tensor> positiveWeight, LossReduction reduction)
    implements Loss {
  /// The mean, without a weight.
  public BCEWithLogitsLoss() {
    this(Optional.empty(), LossReduction.MEAN);
  }

  @Override
  public Tensor forward(Tensor prediction, Tensor target) {
    Losses.checkShapes("BCEWithLogitsLoss", prediction, target);
    Tensor tail = Functional.softplus(prediction.neg());
    Tensor weighted = positiveWeight.map(w -> tail.mul(target.mul(w.sub(1)).add(1))).orElse(tail);
    return reduction.of(target.neg().add(1).mul(prediction).add(weighted));
  }
}
