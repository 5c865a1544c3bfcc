package maia.tensor;

/// What a loss does with the losses of its rows or elements.
public enum LossReduction {
  /// Their mean.
  MEAN,
  /// Their sum.
  SUM,
  /// They stay, one by one.
  NONE,
}
