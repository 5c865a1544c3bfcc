package maia.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.numerics.DType;
import maia.tensor.Attention;
import maia.tensor.Functional;
import maia.tensor.Rotary;
import maia.tensor.Tensor;
import maia.tensor.nn.Bias;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.RotaryAngles;

/// Causal attention of a block, with fewer key and value heads than query heads where the model has
/// them, over the tokens of the step and those of the caches.
final class SelfAttention extends Module {
  private final DecoderConfig config;
  private final int layer;
  private final Linear queries;
  private final Linear keys;
  private final Linear values;
  private final Linear output;
  private final Optional<Module> queryNorm;
  private final Optional<Module> keyNorm;

  SelfAttention(DecoderConfig config, int layer, Decoder.Seeds seeds) {
    this.config = config;
    this.layer = layer;
    DecoderConfig.Sizes sizes = config.sizes();
    Bias bias = config.attention().inputBias() ? Bias.LEARNED : Bias.NONE;
    Bias outputBias = config.attention().outputBias() ? Bias.LEARNED : Bias.NONE;
    int wide = sizes.heads() * sizes.headDim();
    int narrow = sizes.kvHeads() * sizes.headDim();
    this.queries = child("q_proj", new Linear(sizes.hidden(), wide, bias, seeds.next()));
    this.keys = child("k_proj", new Linear(sizes.hidden(), narrow, bias, seeds.next()));
    this.values = child("v_proj", new Linear(sizes.hidden(), narrow, bias, seeds.next()));
    this.output = child("o_proj", new Linear(wide, sizes.hidden(), outputBias, seeds.next()));
    boolean normalises = config.attention().normalisesHeads();
    this.queryNorm = normalises ? Optional.of(headNorm("q_norm")) : Optional.empty();
    this.keyNorm = normalises ? Optional.of(headNorm("k_norm")) : Optional.empty();
  }

  private Module headNorm(String name) {
    return child(name, Norms.of(config.norm(), config.sizes().headDim()));
  }

  Tensor forward(Tensor x, Places places) {
    Optional<RotaryAngles> angles = places.anglesOn(x.device());
    Tensor q = turned(heads(queries.forward(x), queryNorm), angles);
    Tensor k = turned(heads(keys.forward(x), keyNorm), angles);
    Tensor v = heads(values.forward(x), Optional.empty());
    Tensor seen = places.caches().isPresent() ? cached(q, k, v, places) : attend(q, k, v);
    long[] shape = {x.size(0), x.size(1), seen.size(1) * seen.size(3)};
    return output.forward(seen.transpose(1, 2).reshape(shape));
  }

  /// `[batch, length, heads * dim]` as `[batch, heads, length, dim]`.
  private Tensor heads(Tensor x, Optional<Module> norm) {
    Tensor split = x.reshape(x.size(0), x.size(1), -1, config.sizes().headDim());
    return (norm.isPresent() ? norm.get().forward(split) : split).transpose(1, 2);
  }

  private static Tensor turned(Tensor x, Optional<RotaryAngles> angles) {
    return angles.isEmpty()
        ? x
        : Functional.rotary(x, angles.get().cos(), angles.get().sin(), Rotary.Pairs.HALVES);
  }

  /// Each sequence over its own cache.
  private Tensor cached(Tensor q, Tensor k, Tensor v, Places places) {
    List<Tensor> results = new ArrayList<>();
    for (int b = 0; b < places.batch(); b++) {
      KvCache.Seen seen = places.caches().orElseThrow().get(b).append(layer, k.get(b), v.get(b));
      results.add(attend(q.narrow(0, b, 1), seen.keys().unsqueeze(0), seen.values().unsqueeze(0)));
    }
    return results.size() == 1 ? results.getFirst() : Tensor.cat(results, 0);
  }

  /// Queries are the last of the positions of the keys.
  private Tensor attend(Tensor q, Tensor k, Tensor v) {
    int window = config.attention().windowOf(layer);
    boolean masked = window > 0 && window < k.size(2);
    if (config.attention().cap() > 0) {
      return capped(q, k, v, window);
    }
    Attention settings =
        new Attention((float) config.attention().scale(), Attention.Causal.LOWER_RIGHT, 0, 0);
    return masked
        ? Functional.scaledDotProductAttention(q, k, v, mask(q, k, window).to(q.device()), settings)
        : Functional.scaledDotProductAttention(q, k, v, settings);
  }

  /// Which keys a query sees: those up to itself, at most `window` of them (0 for all).
  private static Tensor mask(Tensor q, Tensor k, int window) {
    int queries = Math.toIntExact(q.size(2));
    int keys = Math.toIntExact(k.size(2));
    Tensor at = Tensor.arange(queries).add(keys - queries).unsqueeze(1);
    Tensor distance = at.sub(Tensor.arange(keys).unsqueeze(0));
    Tensor past = distance.ge(0);
    return window == 0
        ? past
        : past.where(distance.lt(window), Tensor.zeros(DType.BOOL, queries, keys));
  }

  /// Attention whose scores are squashed before the softmax, step by step.
  private Tensor capped(Tensor q, Tensor k, Tensor v, int window) {
    int group = config.sizes().heads() / config.sizes().kvHeads();
    Tensor grouped = q.reshape(q.size(0), k.size(1), group, q.size(2), q.size(3));
    Tensor scores =
        grouped.matmul(k.unsqueeze(2).transpose(-1, -2)).mul(config.attention().scale());
    Tensor mask = mask(q, k, window).to(q.device());
    Tensor hidden = Tensor.full(Float.NEGATIVE_INFINITY, scores.dtype()).to(q.device());
    Tensor squashed = mask.where(Caps.squash(scores, config.attention().cap()), hidden);
    return squashed.softmax(-1).matmul(v.unsqueeze(2)).reshape(q.shape());
  }

  @Override
  public Tensor forward(Tensor x) {
    throw new IllegalStateException("bug in SelfAttention: needs the places of the tokens");
  }
}
