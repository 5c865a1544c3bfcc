package maia.tensor.nn;

import java.util.Arrays;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;

/// What several losses share.
final class Losses {
  /// The least logarithm, as in PyTorch, so that a certain and wrong prediction costs a finite
  /// loss.
  private static final double LEAST = -100;

  private Losses() {}

  static void checkShapes(String loss, Tensor prediction, Tensor target) {
    ShapeException.check(
        Arrays.equals(prediction.shape(), target.shape()),
        "%s: prediction and target must have one shape, got %s and %s",
        loss,
        Arrays.toString(prediction.shape()),
        Arrays.toString(target.shape()));
  }

  /// A scalar of the type and device of `like`.
  static Tensor constant(double value, Tensor like) {
    return Tensor.full(value, like.dtype()).to(like.device());
  }

  /// The logarithm, not below [#LEAST]; its gradient at 0 is 0.
  static Tensor log(Tensor p) {
    Tensor some = p.gt(0);
    Tensor log = some.where(p, constant(1, p)).log();
    return some.where(log.clamp(LEAST, 0), constant(LEAST, p));
  }
}
