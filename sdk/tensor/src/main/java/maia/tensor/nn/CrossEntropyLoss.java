package maia.tensor.nn;

import java.util.Optional;
import maia.tensor.CrossEntropy;
import maia.tensor.Functional;
import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// The negative logarithm of the probability that softmax of the logits `[N, classes, ..]` gives
/// the true classes `[N, ..]`.
///
/// @param settings the ignored class and the label smoothing
/// @param weight a factor per class, or none
/// @param reduction mean (weighted, over the rows that count), sum, or one loss per row
public record CrossEntropyLoss(
    CrossEntropy settings, Optional<Tensor> weight, LossReduction reduction) implements Loss {
  /// The plain mean; rows of class [CrossEntropy#IGNORE] count nothing.
  public CrossEntropyLoss() {
    this(new CrossEntropy(CrossEntropy.IGNORE, 0), Optional.empty(), LossReduction.MEAN);
  }

  /// The same with rows of class `index` counting nothing.
  public CrossEntropyLoss ignoreIndex(long index) {
    return new CrossEntropyLoss(new CrossEntropy(index, settings.smoothing()), weight, reduction);
  }

  /// The same with a part of the target, from 0 to 1, shared by all classes.
  public CrossEntropyLoss labelSmoothing(double smoothing) {
    return new CrossEntropyLoss(
        new CrossEntropy(settings.ignoreIndex(), (float) smoothing), weight, reduction);
  }

  /// The same with a factor per class.
  public CrossEntropyLoss weight(Tensor factors) {
    return new CrossEntropyLoss(settings, Optional.of(factors), reduction);
  }

  /// The same with another reduction.
  public CrossEntropyLoss reduction(LossReduction other) {
    return new CrossEntropyLoss(settings, weight, other);
  }

  @Override
  public Tensor forward(Tensor logits, Tensor classes) {
    return Functional.crossEntropy(logits, classes, settings, weight, reduction);
  }
}
