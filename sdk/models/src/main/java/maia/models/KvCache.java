package maia.models;

import maia.tensor.Tensor;

/// The keys and values of one sequence, layer by layer: what decoding need not compute again.
public interface KvCache {
  /// What a layer sees.
  ///
  /// @param keys `[kvHeads, length, headDim]`
  /// @param values of the same shape
  record Seen(Tensor keys, Tensor values) {}

  /// Tokens whose keys and values all layers have.
  int length();

  /// Adds the keys and values `[kvHeads, new, headDim]` of new tokens in layer `layer`; returns
  /// those of all tokens up to now, the new ones as they were stored.
  Seen append(int layer, Tensor keys, Tensor values);

  /// Bytes that hold keys and values now.
  long bytes();
}
