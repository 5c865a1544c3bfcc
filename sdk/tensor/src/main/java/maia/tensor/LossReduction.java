package maia.tensor;

/// What a loss does with the losses of its rows or elements.
public enum LossReduction {
  /// Their mean.
  MEAN,
  /// Their sum.
  SUM,
  /// Their sum over the size of the first dimension.
  BATCH_MEAN,
  /// They stay, one by one.
  NONE;

  /// `losses` reduced.
  public Tensor of(Tensor losses) {
    return switch (this) {
      case MEAN -> losses.mean();
      case SUM -> losses.sum();
      case BATCH_MEAN -> losses.sum().div(losses.size(0));
      case NONE -> losses;
    };
  }
}
