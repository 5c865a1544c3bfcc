package maia.models;

import java.util.Arrays;
import maia.base.Check;
import maia.numerics.Fmath;
import maia.numerics.Philox;

/// How the next token is chosen from scores: what is left out, in this order, is all but the `topK`
/// highest, all below `minP` times the likeliest, and all after the fewest that together reach
/// `topP`. Of what stays, one is drawn by its probability. Of equal scores the lower token counts
/// as the higher.
///
/// Token number `step` is drawn with number `step` of the stream of `seed`, so a text depends on
/// nothing but the model, the prompt and these settings.
///
/// @param temperature scores are divided by it; 0 takes the highest
/// @param topK how many stay, 0 for all
/// @param topP the probability that those that stay reach, 1 for all
/// @param minP the least share of the likeliest's probability, 0 for all
/// @param seed of the random numbers
public record Sampling(double temperature, int topK, double topP, double minP, long seed) {
  public Sampling {
    Check.argument(
        temperature >= 0 && temperature < Double.POSITIVE_INFINITY,
        "sampling: the temperature must be at least 0, was %s",
        temperature);
    Check.argument(topK >= 0, "sampling: top-k must be at least 0, was %d", topK);
    Check.argument(topP > 0 && topP <= 1, "sampling: top-p must be above 0 up to 1, was %s", topP);
    Check.argument(minP >= 0 && minP <= 1, "sampling: min-p must be 0 to 1, was %s", minP);
  }

  /// The highest score always.
  public static Sampling greedy() {
    return new Sampling(0, 0, 1, 0, 0);
  }

  /// Every token by its probability at `temperature`.
  public static Sampling of(double temperature, long seed) {
    return new Sampling(temperature, 0, 1, 0, seed);
  }

  /// The same with only the `count` highest.
  public Sampling topK(int count) {
    return new Sampling(temperature, count, topP, minP, seed);
  }

  /// The same with only the fewest that reach `probability`.
  public Sampling topP(double probability) {
    return new Sampling(temperature, topK, probability, minP, seed);
  }

  /// The same without those below `share` of the likeliest.
  public Sampling minP(double share) {
    return new Sampling(temperature, topK, topP, share, seed);
  }

  /// The token chosen from `scores` as number `step` of a text.
  public int choose(float[] scores, long step) {
    Check.argument(scores.length > 0, "sampling: needs the score of at least one token, got none");
    int[] order = order(scores);
    if (temperature == 0) {
      return order[0];
    }
    int stay = topK == 0 ? order.length : Math.min(topK, order.length);
    float top = scores[order[0]];
    float[] weights = new float[stay];
    double sum = 0;
    for (int i = 0; i < stay; i++) {
      float score = scores[order[i]];
      weights[i] = score == top ? 1 : Fmath.exp((float) ((score - top) / temperature));
      stay = weights[i] < minP ? i : stay;
      sum += i < stay ? weights[i] : 0;
    }
    double reached = 0;
    for (int i = 0; i < stay; i++) {
      reached += weights[i];
      stay = reached >= topP * sum ? i + 1 : stay;
    }
    double drawn = Philox.uniform(seed, step) * reached;
    double passed = 0;
    for (int i = 0; i < stay; i++) {
      passed += weights[i];
      if (drawn < passed) {
        return order[i];
      }
    }
    return order[stay - 1];
  }

  /// Tokens from the highest score down.
  private static int[] order(float[] scores) {
    long[] keys = new long[scores.length];
    for (int i = 0; i < scores.length; i++) {
      Check.argument(!Float.isNaN(scores[i]), "sampling: the score of token %d is not a number", i);
      int bits = Float.floatToIntBits(scores[i] + 0f);
      int ascending = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
      keys[i] = (long) ~ascending << Integer.SIZE | i;
    }
    Arrays.sort(keys);
    int[] order = new int[keys.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }
}
