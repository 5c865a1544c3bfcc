package maia.tensor;

import java.util.Arrays;
import java.util.Optional;
import maia.numerics.DType;

/// Cross entropy of probabilities instead of one true class.
final class SoftTargets {
  private SoftTargets() {}

  /// -sum over classes of weight * probability * log softmax(logits): `logits` and `probabilities`
  /// have the classes last.
  static Tensor loss(
      Tensor logits,
      Tensor probabilities,
      double smoothing,
      Optional<Tensor> weight,
      LossReduction reduction) {
    ShapeException.check(
        Arrays.equals(logits.shape(), probabilities.shape()),
        "crossEntropy: probabilities must have the shape of the logits, got %s and %s (classes last);"
            + " true classes are integers",
        Layout.text(probabilities.shape()),
        Layout.text(logits.shape()));
    Tensor wide = logits.dtype() == DType.F64 ? logits : logits.to(DType.F32);
    Tensor target = probabilities.to(wide.dtype());
    if (smoothing != 0) {
      target = target.mul(1 - smoothing).add(smoothing / logits.size(-1));
    }
    Tensor terms = target.mul(wide.logSoftmax(-1));
    Tensor weighted = weight.map(w -> terms.mul(w.to(wide.dtype()))).orElse(terms);
    return reduction.of(weighted.sum(-1).neg());
  }
}
