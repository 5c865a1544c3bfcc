package maia.tensor.nn;

import maia.tensor.LossReduction;
import maia.tensor.Similarity;
import maia.tensor.Tensor;

/// What the distance from an anchor to something else lacks to exceed the distance to something of
/// its kind by a margin.
///
/// @param margin by how much
/// @param p the norm that distances are measured with
/// @param reduction mean, sum, or one loss per row
public record TripletMarginLoss(double margin, double p, LossReduction reduction) {
  /// The mean, with a margin of 1 and Euclidean distances.
  public TripletMarginLoss() {
    this(1, 2, LossReduction.MEAN);
  }

  /// The loss of vectors `[.., width]` of one shape.
  public Tensor forward(Tensor anchor, Tensor same, Tensor other) {
    Losses.checkShapes("TripletMarginLoss", anchor, same);
    Losses.checkShapes("TripletMarginLoss", anchor, other);
    Tensor near = Similarity.distance(anchor, same, p);
    Tensor far = Similarity.distance(anchor, other, p);
    return reduction.of(near.sub(far).add(margin).clampMin(0));
  }
}
