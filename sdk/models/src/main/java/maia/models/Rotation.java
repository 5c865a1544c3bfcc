package maia.models;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import maia.base.Check;
import maia.numerics.Philox;
import maia.quant.Hadamard;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// A decoder whose weights were rotated so that it computes the same with inputs of layers that
/// have no loud channels: *offline*, at no cost when it runs (QuaRot, Ashkboos et al.,
/// arXiv:2404.00456; the first two rotations of SpinQuant, Liu et al., arXiv:2405.16406).
///
/// The stream between blocks is turned by a Hadamard matrix with random signs: embeddings and the
/// matrices that write to the stream are multiplied by it, those that read from it too, and the
/// gains of the norms move into the readers, because only a norm without gains lets a rotation
/// pass. Values of attention are turned within each head. The input of the last matrix of a
/// feed-forward network cannot be turned in advance, since the product with the gate is taken
/// element by element; [maia.quant.Method#ROTATE] on `down_proj` does it while the model runs.
///
/// @param decoder the rotated one
/// @param before the fp32 loss of the original on the tokens that were tried
/// @param after the fp32 loss of the rotated one on the same tokens
public record Rotation(Decoder decoder, double before, double after) {
  /// The largest change of the loss, as a share of it, that counts as rounding.
  public static final double INVARIANCE = 1e-5;

  private static final int SEQUENCES = 4;
  private static final int LENGTH = 32;

  /// Rotates a copy of `decoder` with signs drawn from `seed`, and checks that the loss on random
  /// tokens stays.
  public static Rotation of(Decoder decoder, long seed) {
    int length = Math.min(LENGTH, decoder.config().sizes().context());
    long[] tokens = new long[SEQUENCES * length];
    for (int i = 0; i < tokens.length; i++) {
      long any = Integer.toUnsignedLong(Philox.next(seed, i, 1));
      tokens[i] = any * decoder.config().sizes().vocabulary() >>> 32;
    }
    return of(decoder, seed, Tensor.ofLongs(tokens).reshape(SEQUENCES, length));
  }

  /// Rotates a copy of `decoder` with signs drawn from `seed`, and checks that the loss on `tokens`
  /// `[batch, length]` stays. A decoder whose stream cannot be turned is refused: it needs
  /// root-mean-square norms before each part only, no experts and an output matrix of its own.
  public static Rotation of(Decoder decoder, long seed, Tensor tokens) {
    DecoderConfig config = decoder.config();
    Check.argument(
        config.norm().kind() != DecoderConfig.Norm.Kind.LAYER
            && !config.norm().afterToo()
            && config.feed().experts() == 1
            && !config.output().tied(),
        "rotation: needs root-mean-square norms before each part only, no experts and an output matrix of its own, got %s; rotate inputs online with Method.ROTATE",
        config);
    Decoder turned = new Decoder(config, 0);
    turned.loadStateDict(decoder.stateDict());
    turned.eval();
    Map<String, Tensor> state = new Turner(config, seed, turned.stateDict()).run();
    turned.loadStateDict(state);
    Rotation rotation = new Rotation(turned, loss(decoder, tokens), loss(turned, tokens));
    Check.argument(
        rotation.change() <= INVARIANCE,
        "rotation: the fp32 loss changed from %s to %s, by %s of it; weights of very different sizes do not survive it in fp32",
        rotation.before,
        rotation.after,
        rotation.change());
    return rotation;
  }

  /// By how much the loss changed, as a share of it.
  public double change() {
    return Math.abs(after - before) / Math.abs(before);
  }

  private static double loss(Decoder decoder, Tensor tokens) {
    long length = tokens.size(1);
    Tensor scores =
        Tensor.noGrad(() -> decoder.forward(tokens)).narrow(1, 0, length - 1).contiguous();
    Tensor next = tokens.narrow(1, 1, length - 1).contiguous();
    return Functional.crossEntropy(scores.reshape(-1, scores.size(2)), next.reshape(-1)).item();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "rotated: fp32 loss %.6f, was %.6f (changed by %.1e)",
        after,
        before,
        change());
  }

  /// Turns the tensors of a state one after another.
  private static final class Turner {
    private final DecoderConfig config;
    private final Map<String, Tensor> state;
    private final int[] signs;

    Turner(DecoderConfig config, long seed, Map<String, Tensor> state) {
      this.config = config;
      this.state = new LinkedHashMap<>(state);
      this.signs = new int[config.sizes().hidden()];
      for (int i = 0; i < signs.length; i++) {
        signs[i] = Philox.next(seed, i, 0) < 0 ? -1 : 1;
      }
    }

    Map<String, Tensor> run() {
      readers("model.embed_tokens.weight");
      for (int layer = 0; layer < config.sizes().layers(); layer++) {
        String block = "model.layers." + layer + ".";
        String attention = block + "self_attn.";
        String feed = block + "mlp.";
        String[] raised =
            config.feed().gated()
                ? new String[] {feed + "gate_proj.weight", feed + "up_proj.weight"}
                : new String[] {feed + "up_proj.weight"};
        String[] seen = {
          attention + "q_proj.weight", attention + "k_proj.weight", attention + "v_proj.weight"
        };
        fold(block + "input_layernorm.weight", seen);
        fold(block + "post_attention_layernorm.weight", raised);
        readers(seen);
        readers(raised);
        heads(attention);
        writer(attention + "o_proj");
        writer(feed + "down_proj");
      }
      fold("model.norm.weight", "lm_head.weight");
      readers("lm_head.weight");
      return state;
    }

    private Tensor at(String name) {
      return Check.present(state.get(name), "Rotation", name);
    }

    /// Moves the gains of a norm into the columns of the matrices behind it.
    private void fold(String norm, String... behind) {
      boolean fromOne = config.norm().kind() == DecoderConfig.Norm.Kind.RMS_FROM_ONE;
      float[] gains = at(norm).toArray();
      for (String name : behind) {
        float[] w = at(name).toArray();
        for (int i = 0; i < w.length; i++) {
          w[i] *= gains[i % gains.length] + (fromOne ? 1 : 0);
        }
        state.put(name, Tensor.of(w, at(name).shape()));
      }
      state.put(norm, Tensor.full(fromOne ? 0 : 1, at(norm).dtype(), gains.length));
    }

    /// Rows times the rotation of the stream.
    private void readers(String... names) {
      for (String name : names) {
        state.put(name, stream(at(name)));
      }
    }

    /// The rows of a matrix that ends in the stream's width, turned.
    private Tensor stream(Tensor matrix) {
      float[] w = matrix.toArray();
      for (int i = 0; i < w.length; i++) {
        w[i] *= signs[i % signs.length];
      }
      float[] turned =
          Hadamard.widest(signs.length).rotate(w, w.length / signs.length, signs.length);
      return Tensor.of(turned, matrix.shape());
    }

    /// A matrix whose outputs are added to the stream, and its bias.
    private void writer(String name) {
      Tensor columns = stream(at(name + ".weight").transpose(0, 1).contiguous());
      state.put(name + ".weight", columns.transpose(0, 1).contiguous());
      if (state.containsKey(name + ".bias")) {
        state.put(name + ".bias", stream(at(name + ".bias")));
      }
    }

    /// Values and what reads them, turned within each head.
    private void heads(String attention) {
      int dim = config.sizes().headDim();
      Hadamard head = Hadamard.widest(dim);
      Tensor values = at(attention + "v_proj.weight").transpose(0, 1).contiguous();
      Tensor turned = rotated(head, values, dim).transpose(0, 1).contiguous();
      state.put(attention + "v_proj.weight", turned);
      String bias = attention + "v_proj.bias";
      if (state.containsKey(bias)) {
        state.put(bias, rotated(head, at(bias), dim));
      }
      String output = attention + "o_proj.weight";
      state.put(output, rotated(head, at(output), dim));
    }

    private static Tensor rotated(Hadamard by, Tensor x, int width) {
      int rows = Math.toIntExact(x.elements() / width);
      return Tensor.of(by.rotate(x.toArray(), rows, width), x.shape());
    }
  }
}
