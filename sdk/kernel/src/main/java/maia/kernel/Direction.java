package maia.kernel;

/// From which end positions are taken.
public enum Direction {
  /// Position 0 first.
  FORWARD,
  /// The last position first.
  REVERSE,
}
