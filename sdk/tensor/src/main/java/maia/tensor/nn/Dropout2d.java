package maia.tensor.nn;

import maia.tensor.Functional;
import maia.tensor.Tensor;

/// In training, whole channels of `[N, channels, ..]` dropped with a probability and the others
/// scaled up to keep the mean; otherwise the identity. Signals and volumes are taken as images are.
public final class Dropout2d extends DropoutLayer {
  /// Drops with `probability`, from 0 to below 1, drawn from `seed`.
  public Dropout2d(double probability, long seed) {
    super("dropout2d", probability, seed);
  }

  @Override
  Tensor drop(Tensor x, double probability, long seed) {
    return Functional.channelDropout(x, probability, seed);
  }
}
