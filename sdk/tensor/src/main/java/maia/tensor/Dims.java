package maia.tensor;

/// What a reduction does with the dimensions it reduces.
public enum Dims {
  /// They stay, with size 1.
  KEEP,
  /// They disappear.
  DROP,
}
