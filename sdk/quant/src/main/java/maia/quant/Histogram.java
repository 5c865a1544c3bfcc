package maia.quant;

import java.util.Arrays;
import maia.base.Check;

/// How many values, or how much weight, fall into equal bins of magnitude from 0 to `limit`.
///
/// @param limit the upper edge of the last bin; 0 when nothing but zeros was seen
/// @param weights one per bin
public record Histogram(double limit, double[] weights) {
  /// Bins of an [Observer]'s histogram.
  public static final int BINS = 2048;

  public Histogram {
    weights = weights.clone();
    Check.argument(
        weights.length > 0 && limit >= 0,
        "histogram: needs bins and a limit of at least 0, was %d and %s",
        weights.length,
        limit);
  }

  @Override
  public double[] weights() {
    return weights.clone();
  }

  /// The middle of bin `i`.
  public double centre(int i) {
    return (i + 0.5) * limit / weights.length;
  }

  /// The sum of the weights.
  public double total() {
    return Arrays.stream(weights).sum();
  }

  /// The share of the weight in bins whose middle lies above `threshold`.
  public double above(double threshold) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += centre(i) > threshold ? weights[i] : 0;
    }
    double total = total();
    return total == 0 ? 0 : sum / total;
  }

  /// The same weight in `bins` bins; must divide the number there is.
  public Histogram merged(int bins) {
    Check.argument(
        bins > 0 && weights.length % bins == 0,
        "histogram: %d bins do not merge into %d",
        weights.length,
        bins);
    double[] fewer = new double[bins];
    int each = weights.length / bins;
    for (int i = 0; i < weights.length; i++) {
      fewer[i / each] += weights[i];
    }
    return new Histogram(limit, fewer);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Histogram(double edge, double[] bins)
        && edge == limit
        && Arrays.equals(bins, weights);
  }

  @Override
  public int hashCode() {
    return Double.hashCode(limit) * 31 + Arrays.hashCode(weights);
  }

  /// Sixteen levels of height, one character for each of 64 wider bins.
  @Override
  public String toString() {
    String steps = " .:-=+*#%@";
    double[] bars = weights.length % 64 == 0 ? merged(64).weights : weights;
    double most = Arrays.stream(bars).max().orElse(0);
    StringBuilder text = new StringBuilder("0 |");
    for (double bar : bars) {
      double share = most == 0 ? 0 : Math.sqrt(bar / most);
      text.append(steps.charAt(bar > 0 ? (int) Math.ceil(share * 9) : 0));
    }
    return text.append("| ").append(limit).toString();
  }
}
