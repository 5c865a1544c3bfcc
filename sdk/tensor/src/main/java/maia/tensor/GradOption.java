package maia.tensor;

/// What may be asked of a backward pass.
public enum GradOption {
  /// The gradients are themselves results of recorded operations, so that they can be
  /// differentiated again.
  CREATE_GRAPH,
  /// An input on which no output depends gets a gradient of zeros instead of being refused.
  ALLOW_UNUSED,
}
