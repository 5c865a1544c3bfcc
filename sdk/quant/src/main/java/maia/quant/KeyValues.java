package maia.quant;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import maia.base.Check;
import maia.tensor.Attention;
import maia.tensor.Backend;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.Tensor;

/// A quantised key-value cache: attention reads keys and values as they were stored, one row per
/// token and head, each by itself: what is stored of a token does not depend on which tokens came
/// with it, and a scale of the whole tensor (NVFP4) is one of the row. Keys are stored as attention
/// gets them, so after the rotary embedding in models that have one.
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
    float[] values = x.toArray();
    if (isByRow(quantizer)) {
      int rows = values.length / columns;
      return Tensor.of(quantizer.fake(values, rows, columns), x.shape());
    }
    for (int at = 0; at < values.length; at += columns) {
      float[] row = Arrays.copyOfRange(values, at, at + columns);
      System.arraycopy(quantizer.fake(row, 1, columns), 0, values, at, columns);
    }
    return Tensor.of(values, x.shape());
  }

  /// Whether rows share nothing, so that many can be stored at once.
  private static boolean isByRow(Quantizer q) {
    boolean rows =
        switch (q.sharing()) {
          case Quantizer.Sharing.Rows _, Quantizer.Sharing.Groups _ -> true;
          case Quantizer.Sharing.Tensor _ -> false;
          case Quantizer.Sharing.Blocks(int high, int _) -> high == 1;
        };
    return rows
        && switch (q.scale()) {
          case Quantizer.Scale.TwoLevel _, Quantizer.Scale.Doubled _ -> false;
          case Quantizer.Scale.Symmetric _,
              Quantizer.Scale.Asymmetric _,
              Quantizer.Scale.Affine _,
              Quantizer.Scale.PowerOfTwo _,
              Quantizer.Scale.Rounded _ ->
              true;
        };
  }

  /// Bits that a key and its value take together, per number, for heads of this width.
  public double bitsPerValue(int headDim) {
    return (keys.bitsPerValue(1, headDim) + values.bitsPerValue(1, headDim)) / 2;
  }

  /// Runs `body` on the host with every attention in it reading a cache stored this way; without
  /// gradients. On the calling thread, until it returns. A body in which no keys and values were
  /// read is refused: models with capped scores (Gemma 2) do not attend by one operation, and take
  /// a cache instead.
  public <T> T within(Supplier<T> body) {
    Reader reader = new Reader(this);
    T result = Tensor.noGrad(() -> reader.intercept(body));
    Check.argument(
        reader.attended,
        "key-value cache: the body ran no operation 'attention', so nothing was stored; give a model"
            + " that attends in other ways a cache of its own, KvCache.dense(config, capacity, stored)");
    return result;
  }

  /// Replaces the keys and values of attention.
  private static final class Reader implements Backend {
    private final KeyValues cache;
    private boolean attended;

    Reader(KeyValues cache) {
      this.cache = cache;
    }

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
      attended = true;
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
