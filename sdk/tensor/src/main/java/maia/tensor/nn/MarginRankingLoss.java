package maia.tensor.nn;

import maia.tensor.LossReduction;
import maia.tensor.Tensor;

/// What `a` lacks to be larger than `b` by a margin where the target is 1, and smaller where it is
/// -1.
///
/// @param margin by how much
/// @param reduction mean, sum, or one loss per element
public record MarginRankingLoss(double margin, LossReduction reduction) {
  /// The mean, without a margin.
  public MarginRankingLoss() {
    this(0, LossReduction.MEAN);
  }

  /// The loss of two scores and a target of one shape.
  public Tensor forward(Tensor a, Tensor b, Tensor target) {
    Losses.checkShapes("MarginRankingLoss", a, b);
    Losses.checkShapes("MarginRankingLoss", a, target);
    return reduction.of(b.sub(a).mul(target).add(margin).clampMin(0));
  }
}
