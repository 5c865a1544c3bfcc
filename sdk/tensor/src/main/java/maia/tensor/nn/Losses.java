package maia.tensor.nn;

import java.util.Arrays;
import maia.numerics.DType;
import maia.tensor.Device;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;
import maia.tensor.TensorException;

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

  /// Refuses predictions on the host that are no probabilities, NaN among them; elsewhere, and
  /// while a graph is recorded, there are no values to look at.
  static void checkProbabilities(String loss, Tensor prediction) {
    if (!prediction.device().equals(Device.cpu()) || prediction.segment().byteSize() == 0) {
      return;
    }
    Tensor p = prediction.detach().flatten();
    Tensor outside = p.ge(0).logicalAnd(p.le(1)).logicalNot();
    if (outside.any().itemLong() != 0) {
      long first = outside.to(DType.I64).argmax(0).itemLong();
      throw TensorException.of(
          "%s: predictions must be probabilities from 0 to 1, but number %d of %s is %s; apply"
              + " sigmoid() first, or use BCEWithLogitsLoss",
          loss, first, Arrays.toString(prediction.shape()), p.get(first).item());
    }
  }

  /// The logarithm, not below [#LEAST]; its gradient at 0 is 0. NaN stays NaN.
  static Tensor log(Tensor p) {
    Tensor none = p.le(0);
    Tensor log = none.where(constant(1, p), p).log();
    return none.where(constant(LEAST, p), log.clamp(LEAST, 0));
  }
}
