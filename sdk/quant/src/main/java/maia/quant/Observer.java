package maia.quant;

import java.util.ArrayList;
import java.util.List;
import maia.base.Check;

/// Watches values, batch after batch, and chooses the range that a static scale covers. Results do
/// not depend on how a batch is cut, except for the moving average, which is of batches.
public final class Observer {
  /// How a range is chosen.
  public sealed interface Rule {
    /// The name used in tables.
    String label();

    /// The largest magnitude.
    record MinMax() implements Rule {
      @Override
      public String label() {
        return "min-max";
      }
    }

    /// The average of the largest magnitudes of batches, later ones weighing more.
    ///
    /// @param share what the newest batch contributes, above 0 up to 1
    record MovingAverage(double share) implements Rule {
      public MovingAverage {
        Check.argument(
            share > 0 && share <= 1, "moving average: a share above 0 up to 1, was %s", share);
      }

      @Override
      public String label() {
        return "moving average " + share;
      }
    }

    /// The magnitude that a share of the values does not exceed, to the width of a bin.
    ///
    /// @param share above 0 up to 1
    record Percentile(double share) implements Rule {
      public Percentile {
        Check.argument(
            share > 0 && share <= 1, "percentile: a share above 0 up to 1, was %s", share);
      }

      @Override
      public String label() {
        return "percentile " + 100 * share;
      }
    }

    /// The threshold with the smallest squared error over the histogram.
    ///
    /// @param steps how many thresholds are tried
    record Mse(int steps) implements Rule {
      public Mse {
        Check.argument(steps >= 2, "mse: needs at least 2 thresholds, was %d", steps);
      }

      @Override
      public String label() {
        return "mse";
      }
    }

    /// The threshold whose clipped and rounded histogram diverges least from the one seen
    /// (Kullback-Leibler; Migacz, GTC 2017), for any grid.
    ///
    /// @param steps how many thresholds are tried
    record Entropy(int steps) implements Rule {
      public Entropy {
        Check.argument(steps >= 2, "kl: needs at least 2 thresholds, was %d", steps);
      }

      @Override
      public String label() {
        return "kl";
      }
    }

    /// As [Mse], where each value weighs what an error in it costs: the importance of its column.
    /// For the inputs of a layer that is the sum of squares of the weights that read the column.
    ///
    /// @param steps how many thresholds are tried
    record Importance(int steps) implements Rule {
      public Importance {
        Check.argument(steps >= 2, "importance: needs at least 2 thresholds, was %d", steps);
      }

      @Override
      public String label() {
        return "importance";
      }
    }
  }

  /// The largest magnitude.
  public static final Rule MIN_MAX = new Rule.MinMax();

  /// Batches averaged with a share of 0.1.
  public static final Rule MOVING_AVERAGE = new Rule.MovingAverage(0.1);

  /// The magnitude that 99.9 percent do not exceed.
  public static final Rule PERCENTILE = new Rule.Percentile(0.999);

  /// The least squared error of 128 thresholds.
  public static final Rule MSE = new Rule.Mse(128);

  /// The least divergence of 128 thresholds.
  public static final Rule ENTROPY = new Rule.Entropy(128);

  /// The least weighted error of 128 thresholds.
  public static final Rule IMPORTANCE = new Rule.Importance(128);

  private final Rule rule;
  private final Grid grid;
  private final double[] bins = new double[Histogram.BINS];
  private final double[] weights = new double[Histogram.BINS];
  private double limit;
  private long values;
  private float low;
  private float high;
  private double average = -1;

  private Observer(Rule rule, Grid grid) {
    this.rule = rule;
    this.grid = grid;
  }

  /// An observer that has seen nothing, choosing ranges for `grid`.
  public static Observer of(Rule rule, Grid grid) {
    return new Observer(rule, grid);
  }

  /// Every rule with its usual settings.
  public static List<Rule> rules() {
    return List.of(MIN_MAX, MOVING_AVERAGE, PERCENTILE, MSE, ENTROPY, IMPORTANCE);
  }

  /// Adds a batch of finite values.
  public void see(float[] batch) {
    see(batch, new double[] {1});
  }

  /// Adds a batch of rows of finite values; element `i` weighs `importance[i % importance.length]`
  /// for [Rule.Importance], and 1 for the other rules.
  public void see(float[] batch, double[] importance) {
    float most = 0;
    for (float x : batch) {
      Check.argument(Float.isFinite(x), "observer: values must be finite, was %s", x);
      most = Math.max(most, Math.abs(x));
      low = Math.min(low, x);
      high = Math.max(high, x);
    }
    cover(most);
    boolean weighs = rule instanceof Rule.Importance;
    for (int i = 0; i < batch.length; i++) {
      int bin = bin(Math.abs(batch[i]));
      bins[bin]++;
      weights[bin] += weighs ? importance[i % importance.length] : 1;
    }
    values += batch.length;
    if (rule instanceof Rule.MovingAverage(double share) && batch.length > 0) {
      average = average < 0 ? most : average + share * (most - average);
    }
  }

  /// Doubles the range, merging bins in pairs, until it holds `most`; a power of two, so that bins
  /// of one batch fall on bins of all.
  private void cover(float most) {
    if (most == 0) {
      return;
    }
    if (limit == 0) {
      limit = Math.scalb(1.0, Math.getExponent((double) most) + 1);
    }
    while (limit <= most) {
      limit *= 2;
      merge(bins);
      merge(weights);
    }
  }

  private static void merge(double[] bins) {
    for (int i = 0; i < bins.length; i++) {
      bins[i] = 2 * i < bins.length ? bins[2 * i] + bins[2 * i + 1] : 0;
    }
  }

  private int bin(float size) {
    return limit == 0 ? 0 : Math.min((int) (size / limit * bins.length), bins.length - 1);
  }

  /// What was seen so far, and the range it leads to.
  public Observation observation() {
    Histogram histogram = new Histogram(limit, bins);
    double most = Math.max(-low, high);
    List<double[]> scored = new ArrayList<>();
    double threshold =
        switch (rule) {
          case Rule.MinMax _ -> most;
          case Rule.MovingAverage _ -> Math.max(0, average);
          case Rule.Percentile(double share) -> Thresholds.percentile(histogram, share, most);
          case Rule.Mse(int steps) -> Thresholds.error(histogram, grid, steps, most, scored);
          case Rule.Importance(int steps) ->
              Thresholds.error(new Histogram(limit, weights), grid, steps, most, scored);
          case Rule.Entropy(int steps) ->
              Thresholds.divergence(histogram, grid, steps, most, scored);
        };
    return new Observation(
        rule,
        grid.label(),
        values,
        low,
        high,
        threshold,
        histogram,
        scored.stream().mapToDouble(s -> s[0]).toArray(),
        scored.stream().mapToDouble(s -> s[1]).toArray());
  }

  /// The scaling of the chosen range.
  Scaling scaling(Quantizer q) {
    Observation seen = observation();
    Check.argument(
        seen.values() > 0,
        "calibrate %s: no values were seen; calibrate on data that reach the layer",
        q.label());
    float limit = (float) seen.threshold();
    float tensorScale =
        q.scale() instanceof Quantizer.Scale.TwoLevel
            ? Scaling.tensorScale(new float[] {limit})
            : 1;
    return Scaling.of(
        q,
        Math.max(seen.low(), -limit),
        Math.min(seen.high(), limit),
        tensorScale,
        new float[] {limit});
  }
}
