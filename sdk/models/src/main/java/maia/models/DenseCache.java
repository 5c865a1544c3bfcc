package maia.models;

import java.util.Optional;
import maia.base.Check;
import maia.quant.KeyValues;
import maia.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A cache whose memory is taken at once, with the first token.
final class DenseCache implements KvCache {
  private final DecoderConfig config;
  private final int capacity;
  private final Optional<KeyValues> stored;
  private final @Nullable Tensor[] keys;
  private final @Nullable Tensor[] values;
  private final int[] lengths;

  DenseCache(DecoderConfig config, int capacity, Optional<KeyValues> stored) {
    Check.argument(capacity > 0, "cache: the capacity must be positive, was %d", capacity);
    this.config = config;
    this.capacity = capacity;
    this.stored = stored;
    this.keys = new Tensor[config.sizes().layers()];
    this.values = new Tensor[config.sizes().layers()];
    this.lengths = new int[config.sizes().layers()];
  }

  @Override
  public int length() {
    return lengths[lengths.length - 1];
  }

  @Override
  public Seen append(int layer, Tensor newKeys, Tensor newValues) {
    int from = lengths[layer];
    int count = Math.toIntExact(newKeys.size(1));
    Check.argument(
        from + count <= capacity,
        "cache: %d tokens after %d are beyond its capacity of %d; make a larger one",
        count,
        from,
        capacity);
    Tensor k =
        store(keys, layer, from, stored.map(kv -> kv.storedKeys(newKeys)).orElse(newKeys), newKeys);
    Tensor v =
        store(
            values,
            layer,
            from,
            stored.map(kv -> kv.storedValues(newValues)).orElse(newValues),
            newValues);
    lengths[layer] = from + count;
    return new Seen(k.narrow(1, 0, from + count), v.narrow(1, 0, from + count));
  }

  private Tensor store(@Nullable Tensor[] all, int layer, int from, Tensor rows, Tensor like) {
    Tensor memory = all[layer];
    if (memory == null) {
      memory = Tensor.zeros(like.dtype(), like.size(0), capacity, like.size(2)).to(like.device());
      all[layer] = memory;
    }
    Tensor place = memory.narrow(1, from, rows.size(1));
    Tensor fitting = rows.detach().to(like.dtype()).to(like.device());
    Tensor.noGrad(() -> place.assign(fitting));
    return memory;
  }

  @Override
  public long bytes() {
    double bits = 0;
    for (@Nullable Tensor memory : keys) {
      bits += memory == null ? 0 : 2.0 * memory.elements() * KvCache.bits(config, memory, stored);
    }
    return (long) Math.ceil(bits / 8);
  }
}
