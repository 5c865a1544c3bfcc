package maia.models;

import java.util.SequencedMap;
import maia.base.Check;
import maia.numerics.Philox;
import maia.tensor.Tensor;

/// Large activations planted into a decoder without changing what it computes, to study what they
/// do to low precision.
///
/// In each block, three channels of each norm get `factor` times their gain, and the columns of the
/// matrices that read them are divided by it; six rows of the matrix up are multiplied, and the
/// columns of down that read them divided. With a power of two as factor every product is exact, so
/// the scores are the same bit for bit as long as nothing overflows.
public final class Outliers {
  private static final int NORM_CHANNELS = 3;
  private static final int FEED_CHANNELS = 6;

  private Outliers() {}

  /// Plants outliers into the parameters of `decoder`, in channels drawn from `seed`. Only gated
  /// decoders with root-mean-square norms and without experts have the matrices for it.
  public static void plant(Decoder decoder, double factor, long seed) {
    DecoderConfig config = decoder.config();
    Check.argument(
        config.norm().kind() == DecoderConfig.Norm.Kind.RMS
            && config.feed().gated()
            && config.feed().experts() == 1,
        "outliers: need root-mean-square norms and one gated network in a block, got %s",
        config);
    Check.argument(factor > 0, "outliers: the factor must be positive, was %s", factor);
    SequencedMap<String, Tensor> parameters = decoder.namedParameters();
    Tensor.noGrad(() -> {
      for (int layer = 0; layer < config.sizes().layers(); layer++) {
        String block = "model.layers." + layer + ".";
        long stream = seed * 64 + 3L * layer;
        Planter planter = new Planter(parameters, block, factor);
        int[] attention = channels(stream, NORM_CHANNELS, config.sizes().hidden());
        planter.multiply("input_layernorm.weight", 0, attention);
        for (String reader : new String[] {"q_proj", "k_proj", "v_proj"}) {
          planter.divide("self_attn." + reader + ".weight", 1, attention);
        }
        int[] feed = channels(stream + 1, NORM_CHANNELS, config.sizes().hidden());
        planter.multiply("post_attention_layernorm.weight", 0, feed);
        planter.divide("mlp.gate_proj.weight", 1, feed);
        planter.divide("mlp.up_proj.weight", 1, feed);
        int[] wide = channels(stream + 2, FEED_CHANNELS, config.sizes().intermediate());
        planter.multiply("mlp.up_proj.weight", 0, wide);
        planter.divide("mlp.down_proj.weight", 1, wide);
      }
    });
  }

  /// `count` different channels of `of`.
  private static int[] channels(long seed, int count, int of) {
    int[] order = new int[of];
    for (int i = 0; i < of; i++) {
      order[i] = i;
    }
    for (int i = 0; i < count; i++) {
      int other = i + (int) (Integer.toUnsignedLong(Philox.next(seed, i, 0)) * (of - i) >>> 32);
      int swap = order[i];
      order[i] = order[other];
      order[other] = swap;
    }
    return java.util.Arrays.copyOf(order, count);
  }

  /// Scales slices of the parameters of a block.
  private record Planter(SequencedMap<String, Tensor> parameters, String block, double factor) {
    void multiply(String name, int dim, int... channels) {
      scale(name, dim, factor, channels);
    }

    void divide(String name, int dim, int... channels) {
      scale(name, dim, 1 / factor, channels);
    }

    private void scale(String name, int dim, double by, int... channels) {
      Tensor parameter = Check.present(parameters.get(block + name), "Outliers", name);
      for (int channel : channels) {
        Tensor slice = parameter.narrow(dim, channel, 1);
        slice.assign(slice.mul(by));
      }
    }
  }
}
