package maia.tensor.optim;

import maia.base.Check;

/// What Adam's averages forget and how small a divisor may get.
///
/// @param beta1 what the average of gradients keeps per step, from 0 to below 1
/// @param beta2 what the average of squares keeps per step, from 0 to below 1
/// @param epsilon added to the root of the average of squares, positive
/// @param squares which average of squares divides
public record AdamSettings(double beta1, double beta2, double epsilon, Squares squares) {
  /// Which average of squares divides.
  public enum Squares {
    /// That of the step.
    LATEST,
    /// The largest so far (AMSGrad, Reddi et al.): steps never grow again.
    LARGEST,
  }

  /// 0.9, 0.999 and 1e-8, as published.
  public static final AdamSettings PUBLISHED = new AdamSettings(0.9, 0.999, 1e-8);

  /// Divided by the latest average.
  public AdamSettings(double beta1, double beta2, double epsilon) {
    this(beta1, beta2, epsilon, Squares.LATEST);
  }

  public AdamSettings {
    Check.argument(
        beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1,
        "adam: betas must be from 0 to below 1, were %s and %s",
        beta1,
        beta2);
    Check.argument(epsilon > 0, "adam: epsilon must be positive, was %s", epsilon);
  }

  /// The same with the largest average of squares so far as the divisor, PyTorch's `amsgrad`.
  public AdamSettings amsgrad() {
    return new AdamSettings(beta1, beta2, epsilon, Squares.LARGEST);
  }
}
