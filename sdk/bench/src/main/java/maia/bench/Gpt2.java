package maia.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.norm.LayerNorm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.tensor.Attention;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// A model of the shape of GPT-2 small with random weights, from embedded tokens to logits, written
/// once in our operations and once in those of libtorch. The keys and values of earlier tokens are
/// inputs of a step.
final class Gpt2 {
  private static final int WIDTH = 768;
  private static final int HEADS = 12;
  private static final int HEAD = WIDTH / HEADS;
  private static final int LAYERS = 12;
  private static final int VOCABULARY = 50257;

  private Gpt2() {}

  /// Weights `[out, in]` of one layer, the same values in both engines.
  private static float[][] layer() {
    return new float[][] {
      small(WIDTH),
      small(3 * WIDTH * WIDTH),
      small(WIDTH * WIDTH),
      small(4 * WIDTH * WIDTH),
      small(4 * WIDTH * WIDTH)
    };
  }

  private static float[] small(int count) {
    float[] values = Values.of(count);
    for (int i = 0; i < count; i++) {
      values[i] *= 0.02f;
    }
    return values;
  }

  /// Our model.
  static final class Ours {
    private final Tensor head = Tensor.of(small(VOCABULARY * WIDTH), VOCABULARY, WIDTH);
    private final Tensor norm;
    private final Tensor qkv;
    private final Tensor project;
    private final Tensor up;
    private final Tensor down;
    private final List<Tensor[]> layers = new ArrayList<>();

    Ours() {
      float[][] w = layer();
      norm = Tensor.of(w[0], WIDTH);
      qkv = Tensor.of(w[1], 3 * WIDTH, WIDTH);
      project = Tensor.of(w[2], WIDTH, WIDTH);
      up = Tensor.of(w[3], 4 * WIDTH, WIDTH);
      down = Tensor.of(w[4], WIDTH, 4 * WIDTH);
      for (int l = 0; l < LAYERS; l++) { // memory of its own for each layer, as a real model has
        layers.add(new Tensor[] {qkv.mul(1.0), project.mul(1.0), up.mul(1.0), down.mul(1.0)});
      }
    }

    /// The logits of `x` `[tokens, WIDTH]` after `past` `[HEADS, n, HEAD]`.
    Tensor forward(Tensor x, List<Tensor> past) {
      return Tensor.noGrad(() -> {
        Tensor h = x;
        for (Tensor[] w : layers) {
          h = h.add(attention(Functional.layerNorm(h, norm, norm, 1e-5), w, past));
          Tensor wide = Functional.layerNorm(h, norm, norm, 1e-5).linear(w[2]);
          h = h.add(Functional.gelu(wide).linear(w[3]));
        }
        return Functional.layerNorm(h, norm, norm, 1e-5).linear(head);
      });
    }

    private Tensor attention(Tensor x, Tensor[] w, List<Tensor> past) {
      long tokens = x.size(0);
      Tensor all = x.linear(w[0]).reshape(tokens, 3, HEADS, HEAD).permute(1, 2, 0, 3);
      Tensor k = past.isEmpty() ? all.get(1) : Tensor.cat(List.of(past.get(0), all.get(1)), 1);
      Tensor v = past.isEmpty() ? all.get(2) : Tensor.cat(List.of(past.get(1), all.get(2)), 1);
      Attention.Causal causal =
          past.isEmpty() ? Attention.Causal.UPPER_LEFT : Attention.Causal.NONE;
      Tensor out = Functional.scaledDotProductAttention(all.get(0), k, v, causal);
      return out.permute(1, 0, 2).reshape(tokens, WIDTH).linear(w[1]);
    }
  }

  /// The same model in libtorch's operations.
  static final class Theirs {
    private final NDManager manager;
    private final NDArray head;
    private final NDArray norm;
    private final NDArray mask;
    private final List<NDArray[]> layers = new ArrayList<>();

    Theirs(DjlPeer peer, int tokens) {
      manager = peer.manager();
      float[][] w = layer();
      head = peer.array(small(VOCABULARY * WIDTH), VOCABULARY, WIDTH).transpose();
      norm = peer.array(w[0], WIDTH);
      float[] hidden = new float[tokens * tokens];
      for (int i = 0; i < hidden.length; i++) {
        hidden[i] = i % tokens > i / tokens ? Float.NEGATIVE_INFINITY : 0;
      }
      mask = peer.array(hidden, tokens, tokens);
      for (int l = 0; l < LAYERS; l++) {
        layers.add(
            new NDArray[] {
              peer.array(w[1], 3 * WIDTH, WIDTH).transpose(),
              peer.array(w[2], WIDTH, WIDTH).transpose(),
              peer.array(w[3], 4 * WIDTH, WIDTH).transpose(),
              peer.array(w[4], WIDTH, 4 * WIDTH).transpose()
            });
      }
    }

    /// As [Ours#forward]; everything made on the way is freed.
    void forward(NDArray input, NDList past) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray h = input.duplicate();
        h.attach(scope);
        for (NDArray[] w : layers) {
          h = h.add(attention(normal(h), w, past));
          h = h.add(Activation.gelu(normal(h).matMul(w[2])).matMul(w[3]));
        }
        normal(h).matMul(head);
      }
    }

    private NDArray normal(NDArray x) {
      return LayerNorm.layerNorm(x, new Shape(WIDTH), norm, norm, 1e-5f).singletonOrThrow();
    }

    private NDArray attention(NDArray x, NDArray[] w, NDList past) {
      long tokens = x.getShape().get(0);
      NDArray all = x.matMul(w[0]).reshape(tokens, 3, HEADS, HEAD).transpose(1, 2, 0, 3);
      NDArray k = all.get(new NDIndex("1"));
      NDArray v = all.get(new NDIndex("2"));
      if (!past.isEmpty()) {
        k = past.get(0).concat(k, 1);
        v = past.get(1).concat(v, 1);
      }
      NDArray scores =
          all.get(new NDIndex("0")).matMul(k.transpose(0, 2, 1)).mul(1 / Math.sqrt(HEAD));
      scores = past.isEmpty() ? scores.add(mask) : scores;
      NDArray out = scores.softmax(-1).matMul(v);
      return out.transpose(1, 0, 2).reshape(tokens, WIDTH).matMul(w[1]);
    }
  }

  /// Prefill of `tokens` tokens.
  static List<Contender> prefill(Optional<DjlPeer> djl, int tokens) {
    float[] values = Values.of(tokens * WIDTH);
    Ours ours = new Ours();
    Tensor x = Tensor.of(values, tokens, WIDTH);
    List<Contender> all = new ArrayList<>();
    all.add(new Contender("maia", () -> ours.forward(x, List.of())));
    djl.ifPresent(peer -> {
      Theirs theirs = new Theirs(peer, tokens);
      NDArray y = peer.array(values, tokens, WIDTH);
      all.add(new Contender("djl", () -> theirs.forward(y, new NDList())));
    });
    return all;
  }

  /// One more token after `past` others.
  static List<Contender> decode(Optional<DjlPeer> djl, int past) {
    float[] values = Values.of(WIDTH);
    float[] cache = Values.of(HEADS * past * HEAD);
    Ours ours = new Ours();
    Tensor x = Tensor.of(values, 1, WIDTH);
    Tensor before = Tensor.of(cache, HEADS, past, HEAD);
    List<Contender> all = new ArrayList<>();
    all.add(new Contender("maia", () -> ours.forward(x, List.of(before, before))));
    djl.ifPresent(peer -> {
      Theirs theirs = new Theirs(peer, 1);
      NDArray y = peer.array(values, 1, WIDTH);
      NDArray earlier = peer.array(cache, HEADS, past, HEAD);
      all.add(new Contender("djl", () -> theirs.forward(y, new NDList(earlier, earlier))));
    });
    return all;
  }

  /// Multiply-adds of one token through all weights, times two.
  static double flops(int tokens) {
    return 2.0 * tokens * (LAYERS * 12.0 * WIDTH * WIDTH + (double) VOCABULARY * WIDTH);
  }

  /// Bytes of the weights.
  static double bytes() {
    return 4.0 * (LAYERS * 12.0 * WIDTH * WIDTH + (double) VOCABULARY * WIDTH);
  }
}
