package maia.models;

import java.util.ArrayList;
import java.util.List;
import maia.tensor.Tensor;
import maia.tensor.nn.Bias;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;

/// Several feed-forward networks of which every token visits those that a router scores highest;
/// their results are added with the router's probabilities as weights, the likeliest first.
///
/// Which tokens visit which expert is decided from the values on the host. On shape-only tensors
/// every token visits the first.
final class Experts extends Module {
  private final DecoderConfig.Feed settings;
  private final Linear router;
  private final List<FeedForward> experts = new ArrayList<>();

  Experts(DecoderConfig config, Decoder.Seeds seeds) {
    this.settings = config.feed();
    this.router =
        child(
            "gate",
            new Linear(config.sizes().hidden(), settings.experts(), Bias.NONE, seeds.next()));
    for (int e = 0; e < settings.experts(); e++) {
      experts.add(new FeedForward(config, seeds));
    }
    child("experts", new Parts(experts));
  }

  @Override
  public Tensor forward(Tensor x) {
    if (x.isMeta()) {
      return experts.getFirst().forward(x);
    }
    Tensor rows = x.reshape(-1, x.size(-1));
    int tokens = Math.toIntExact(rows.size(0));
    Tensor chances = router.forward(rows).softmax(-1);
    int[][] chosen = chosen(chances.toArray(), tokens);
    Tensor results = results(rows, chosen);
    Tensor sum = weighted(results, chances, chosen, 0);
    Tensor total = chance(chances, chosen, 0);
    for (int slot = 1; slot < settings.perToken(); slot++) {
      sum = sum.add(weighted(results, chances, chosen, slot));
      total = total.add(chance(chances, chosen, slot));
    }
    return (settings.renormalises() ? sum.div(total) : sum).reshape(x.shape());
  }

  /// The experts of every token, the likeliest first, the lower number of equals.
  private int[][] chosen(float[] chances, int tokens) {
    int[][] chosen = new int[tokens][settings.perToken()];
    for (int t = 0; t < tokens; t++) {
      boolean[] taken = new boolean[settings.experts()];
      for (int slot = 0; slot < settings.perToken(); slot++) {
        int best = -1;
        for (int e = 0; e < settings.experts(); e++) {
          float chance = chances[t * settings.experts() + e];
          if (!taken[e] && (best < 0 || chance > chances[t * settings.experts() + best])) {
            best = e;
          }
        }
        taken[best] = true;
        chosen[t][slot] = best;
      }
    }
    return chosen;
  }

  /// What every expert gives for its tokens, one expert after another; a row per visit.
  private Tensor results(Tensor rows, int[][] chosen) {
    List<Tensor> results = new ArrayList<>();
    for (int e = 0; e < experts.size(); e++) {
      long[] visitors = visitors(chosen, e);
      if (visitors.length > 0) {
        Tensor index = Tensor.ofLongs(visitors).to(rows.device());
        results.add(experts.get(e).forward(rows.rows(index)));
      }
    }
    return Tensor.cat(results, 0);
  }

  private static long[] visitors(int[][] chosen, int expert) {
    List<Long> visitors = new ArrayList<>();
    for (int t = 0; t < chosen.length; t++) {
      for (int e : chosen[t]) {
        if (e == expert) {
          visitors.add((long) t);
        }
      }
    }
    return visitors.stream().mapToLong(Long::longValue).toArray();
  }

  /// The results of the expert in `slot` of every token times its chance.
  private Tensor weighted(Tensor results, Tensor chances, int[][] chosen, int slot) {
    int[] before = new int[experts.size() + 1];
    for (int[] of : chosen) {
      for (int e : of) {
        before[e + 1]++;
      }
    }
    for (int e = 0; e < experts.size(); e++) {
      before[e + 1] += before[e];
    }
    long[] row = new long[chosen.length];
    for (int t = 0; t < chosen.length; t++) {
      for (int s = 0; s < chosen[t].length; s++) {
        int at = before[chosen[t][s]]++;
        if (s == slot) {
          row[t] = at;
        }
      }
    }
    Tensor index = Tensor.ofLongs(row).to(results.device());
    return results.rows(index).mul(chance(chances, chosen, slot));
  }

  /// The chance of the expert in `slot` of every token, `[tokens, 1]`.
  private Tensor chance(Tensor chances, int[][] chosen, int slot) {
    long[] at = new long[chosen.length];
    for (int t = 0; t < chosen.length; t++) {
      at[t] = (long) t * settings.experts() + chosen[t][slot];
    }
    return chances.reshape(-1, 1).rows(Tensor.ofLongs(at).to(chances.device()));
  }

  /// The experts by number.
  private static final class Parts extends Module {
    Parts(List<FeedForward> experts) {
      for (int i = 0; i < experts.size(); i++) {
        child(Integer.toString(i), experts.get(i));
      }
    }

    @Override
    public Tensor forward(Tensor x) {
      throw new IllegalStateException("bug in Experts: each runs on its own tokens");
    }
  }
}
