package maia.quant;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import maia.tensor.Attention;
import maia.tensor.Backend;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.Tensor;

/// A quantised key-value cache: attention reads keys and values as they were stored, one row per
/// token and head. Keys are stored as attention gets them, so after the rotary embedding in models
/// that have one.
///
/// @param keys how keys are stored
/// @param values how values are stored
public record KeyValues(Quantizer keys, Quantizer values) {
  /// Keys and values by one quantizer.
  public static KeyValues of(Quantizer quantizer) {
    return new KeyValues(quantizer, quantizer);
  }

  /// Keys `[.., headDim]` as they are read back.
  public Tensor storedKeys(Tensor k) {
    return stored(keys, k);
  }

  /// Values `[.., headDim]` as they are read back.
  public Tensor storedValues(Tensor v) {
    return stored(values, v);
  }

  private static Tensor stored(Quantizer quantizer, Tensor x) {
    int columns = Math.toIntExact(x.size(-1));
    int rows = Math.toIntExact(x.elements() / columns);
    return Tensor.of(quantizer.fake(x.toArray(), rows, columns), x.shape());
  }

  /// Bits that a key and its value take together, per number, for heads of this width.
  public double bitsPerValue(int headDim) {
    return (keys.bitsPerValue(1, headDim) + values.bitsPerValue(1, headDim)) / 2;
  }

  /// Runs `body` on the host with every attention in it reading a cache stored this way; without
  /// gradients. On the calling thread, until it returns.
  public <T> T within(Supplier<T> body) {
    return Tensor.noGrad(() -> new Reader(this).intercept(body));
  }

  /// Replaces the keys and values of attention.
  private record Reader(KeyValues cache) implements Backend {
    @Override
    public Device device() {
      return Device.cpu();
    }

    @Override
    public boolean supports(Op op) {
      return true;
    }

    @Override
    public Tensor execute(Op op, List<Tensor> inputs) {
      if (!(op instanceof Attention)) {
        return op.host(inputs);
      }
      List<Tensor> read = new ArrayList<>(inputs);
      read.set(1, cache.storedKeys(inputs.get(1)));
      read.set(2, cache.storedValues(inputs.get(2)));
      return op.host(read);
    }
  }

  @Override
  public String toString() {
    return "keys " + keys.label() + ", values " + values.label();
  }
}
