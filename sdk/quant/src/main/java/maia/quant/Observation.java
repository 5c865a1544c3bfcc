package maia.quant;

import java.util.Arrays;
import java.util.Locale;

/// What an observer saw, and the range it chose.
///
/// @param rule how the range was chosen
/// @param grid the name of the grid it was chosen for
/// @param values how many values were seen; a scale calibrated on none is refused where it is used
/// @param low the smallest value, at most 0
/// @param high the largest value, at least 0
/// @param threshold the magnitude that becomes the grid's largest
/// @param histogram the magnitudes
/// @param candidates the thresholds that were compared, ascending; empty where none were
/// @param scores their errors or divergences
public record Observation(
    Observer.Rule rule,
    String grid,
    long values,
    float low,
    float high,
    double threshold,
    Histogram histogram,
    double[] candidates,
    double[] scores) {
  public Observation {
    candidates = candidates.clone();
    scores = scores.clone();
  }

  @Override
  public double[] candidates() {
    return candidates.clone();
  }

  @Override
  public double[] scores() {
    return scores.clone();
  }

  /// The share of the values that lie beyond the threshold.
  public double clipped() {
    return histogram.above(threshold);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Observation o
        && o.rule.equals(rule)
        && o.grid.equals(grid)
        && o.values == values
        && o.low == low
        && o.high == high
        && o.threshold == threshold
        && o.histogram.equals(histogram)
        && Arrays.equals(o.candidates, candidates)
        && Arrays.equals(o.scores, scores);
  }

  @Override
  public int hashCode() {
    return histogram.hashCode() * 31 + Double.hashCode(threshold);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s for %s: %d values from %.4g to %.4g, threshold %.4g, %.3f %% beyond it%n%s",
        rule.label(),
        grid,
        values,
        low,
        high,
        threshold,
        100 * clipped(),
        histogram);
  }
}
