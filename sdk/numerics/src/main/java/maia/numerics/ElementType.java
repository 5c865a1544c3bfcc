package maia.numerics;

/// What an array holds: a scalar type, or a block format (elements that share scales).
public sealed interface ElementType permits DType, BlockFormat {
  /// The name used in texts, such as `bf16` or `mxfp4`.
  String label();

  /// Bytes that `elements` contiguous elements take in memory, scales of a block format included.
  long bytes(long elements);
}
