package maia.tensor.nn;

import java.util.Arrays;
import java.util.Optional;
import maia.numerics.DType;
import maia.tensor.CrossEntropy;
import maia.tensor.LossReduction;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;

/// The negative of the logarithm of the probability `[N, classes]` at the true classes `[N]`.
///
/// @param ignoreIndex the class of rows that count nothing
/// @param weight a factor per class, or none
/// @param reduction mean (weighted, over the rows that count), sum, or one loss per row
public record NLLLoss(long ignoreIndex, Optional<Tensor> weight, LossReduction reduction)
    implements Loss {
  /// The plain mean; rows of class [CrossEntropy#IGNORE] count nothing.
  public NLLLoss() {
    this(CrossEntropy.IGNORE, Optional.empty(), LossReduction.MEAN);
  }

  @Override
  public Tensor forward(Tensor prediction, Tensor classes) {
    ShapeException.check(
        prediction.rank() == 2 && classes.rank() == 1 && classes.size(0) == prediction.size(0),
        "NLLLoss: needs logarithms [N, classes] and classes [N], got %s and %s",
        Arrays.toString(prediction.shape()),
        Arrays.toString(classes.shape()));
    Tensor wide = classes.to(DType.I64);
    Tensor counted = wide.eq(ignoreIndex).eq(0);
    Tensor safe = counted.where(wide, Losses.constant(0, wide));
    Tensor chosen = safe.oneHot(Math.toIntExact(prediction.size(1)));
    Tensor own = chosen.where(prediction, Losses.constant(0, prediction)).sum(1).neg();
    Tensor factor = counted.to(prediction.dtype());
    if (weight.isPresent()) {
      factor = factor.mul(weight.get().to(prediction.dtype()).rows(safe));
    }
    Tensor losses = own.mul(factor);
    return reduction == LossReduction.MEAN ? losses.sum().div(factor.sum()) : reduction.of(losses);
  }
}
