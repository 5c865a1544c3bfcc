package maia.tensor.nn;

import maia.tensor.LossReduction;
import maia.tensor.Similarity;
import maia.tensor.Tensor;

/// 1 - cosine of two vectors where the target is 1, and what the cosine exceeds a margin by where
/// it is -1.
///
/// @param margin the largest cosine of different things that costs nothing
/// @param reduction mean, sum, or one loss per row
public record CosineEmbeddingLoss(double margin, LossReduction reduction) {
  /// The mean, with a margin of 0.
  public CosineEmbeddingLoss() {
    this(0, LossReduction.MEAN);
  }

  /// The loss of vectors `[N, width]` and targets `[N]`.
  public Tensor forward(Tensor a, Tensor b, Tensor target) {
    Losses.checkShapes("CosineEmbeddingLoss", a, b);
    Tensor cosine = Similarity.cosine(a, b, -1);
    Losses.checkShapes("CosineEmbeddingLoss", cosine, target);
    Tensor same = cosine.neg().add(1);
    return reduction.of(target.eq(1).where(same, cosine.sub(margin).clampMin(0)));
  }
}
