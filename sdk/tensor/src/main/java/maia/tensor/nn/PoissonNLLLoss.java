package maia.tensor.nn;

import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// The negative logarithm of the probability of a count under a Poisson distribution, without the
/// part that does not depend on the prediction.
///
/// @param form what the prediction holds
/// @param reduction mean, sum, or one loss per element
public record PoissonNLLLoss(Form form, LossReduction reduction) implements Loss {
  /// What a prediction holds.
  public enum Form {
    /// Logarithms of rates: e^x - t x.
    LOGARITHMS,
    /// Rates: x - t log(x + 1e-8).
    RATES,
  }

  /// The mean, of logarithms.
  public PoissonNLLLoss() {
    this(Form.LOGARITHMS, LossReduction.MEAN);
  }

  @Override
  public Tensor forward(Tensor prediction, Tensor target) {
    Losses.checkShapes("PoissonNLLLoss", prediction, target);
    return reduction.of(
        switch (form) {
          case LOGARITHMS -> prediction.exp().sub(target.mul(prediction));
          case RATES -> prediction.sub(target.mul(prediction.add(1e-8).log()));
        });
  }
}
