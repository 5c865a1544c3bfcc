package maia.models;

import java.util.Optional;
import maia.quant.KeyValues;
import maia.tensor.Tensor;

/// The keys and values of one sequence, layer by layer: what decoding need not compute again.
///
/// With a [KeyValues] they are rounded to what it stores before anything reads them, and [#bytes]
/// counts its bits; the host keeps them decoded.
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

  /// Bytes set apart for keys and values now.
  long bytes();

  /// A cache of up to `capacity` tokens in one piece.
  static KvCache dense(DecoderConfig config, int capacity) {
    return new DenseCache(config, capacity, Optional.empty());
  }

  /// A cache of up to `capacity` tokens in one piece, stored as `stored` says.
  static KvCache dense(DecoderConfig config, int capacity, KeyValues stored) {
    return new DenseCache(config, capacity, Optional.of(stored));
  }

  /// Bits of one number of a cache.
  static double bits(DecoderConfig config, Tensor like, Optional<KeyValues> stored) {
    return stored
        .map(kv -> kv.bitsPerValue(config.sizes().headDim()))
        .orElseGet(() -> (double) like.dtype().bits());
  }
}
