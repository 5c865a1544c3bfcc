package maia.tensor.nn;

/// Whether a module adds a learned vector to its result.
public enum Bias {
  /// It does.
  LEARNED,
  /// It does not.
  NONE,
}
