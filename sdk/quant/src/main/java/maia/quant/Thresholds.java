package maia.quant;

import java.util.List;

/// Searches for the magnitude that a grid should reach to, over a histogram.
final class Thresholds {
  private static final double LEAST_SHARE = 1.0 / 64;
  private static final double FLOOR = 1e-12;

  private Thresholds() {}

  /// The upper edge of the first bin up to which `share` of the weight lies.
  static double percentile(Histogram histogram, double share, double most) {
    double[] bins = histogram.weights();
    double wanted = share * histogram.total();
    double sum = 0;
    for (int i = 0; i < bins.length; i++) {
      sum += bins[i];
      if (sum >= wanted) {
        return Math.min(most, (i + 1) * histogram.limit() / bins.length);
      }
    }
    return most;
  }

  private static double candidate(int step, int steps, double most) {
    return most * (LEAST_SHARE + (1 - LEAST_SHARE) * step / (steps - 1));
  }

  /// The threshold with the smallest weighted squared error; of equals the largest.
  static double error(
      Histogram histogram, Grid grid, int steps, double most, List<double[]> scored) {
    double best = most;
    double least = Double.POSITIVE_INFINITY;
    for (int step = 0; step < steps && most > 0; step++) {
      double threshold = candidate(step, steps, most);
      double error = error(histogram, grid, threshold);
      scored.add(new double[] {threshold, error});
      if (error <= least) {
        least = error;
        best = threshold;
      }
    }
    return best;
  }

  private static double error(Histogram histogram, Grid grid, double threshold) {
    double[] bins = histogram.weights();
    float scale = (float) (threshold / grid.largest());
    double sum = 0;
    for (int i = 0; i < bins.length; i++) {
      if (bins[i] > 0 && scale > 0) {
        double centre = histogram.centre(i);
        double difference = centre - grid.nearest((float) (centre / scale)) * (double) scale;
        sum += bins[i] * difference * difference;
      }
    }
    return sum;
  }

  /// The threshold with the smallest divergence; of equals the largest.
  static double divergence(
      Histogram histogram, Grid grid, int steps, double most, List<double[]> scored) {
    double best = most;
    double least = Double.POSITIVE_INFINITY;
    for (int step = 0; step < steps && most > 0; step++) {
      double threshold = candidate(step, steps, most);
      double divergence = divergence(histogram, grid, threshold);
      scored.add(new double[] {threshold, divergence});
      if (divergence <= least) {
        least = divergence;
        best = threshold;
      }
    }
    return best;
  }

  /// The divergence of the rounded distribution from the clipped one: what lies beyond the
  /// threshold is added to the last bin before it; bins that round to one code share their weight.
  private static double divergence(Histogram histogram, Grid grid, double threshold) {
    double[] bins = histogram.weights();
    double width = histogram.limit() / bins.length;
    int inside = Math.clamp((int) Math.ceil(threshold / width), 1, bins.length);
    double[] p = java.util.Arrays.copyOf(bins, inside);
    for (int i = inside; i < bins.length; i++) {
      p[inside - 1] += bins[i];
    }
    double[] q = rounded(histogram, bins, inside, grid, threshold);
    double total = java.util.Arrays.stream(p).sum();
    double kept = java.util.Arrays.stream(q).sum();
    double sum = 0;
    for (int i = 0; i < inside; i++) {
      if (p[i] > 0) {
        double share = Math.max(kept == 0 ? 0 : q[i] / kept, FLOOR);
        sum += p[i] / total * StrictMath.log(p[i] / total / share);
      }
    }
    return sum;
  }

  private static double[] rounded(
      Histogram histogram, double[] bins, int inside, Grid grid, double threshold) {
    float scale = (float) (threshold / grid.largest());
    double[] q = new double[inside];
    int from = 0;
    while (from < inside) {
      int code = grid.code((float) (histogram.centre(from) / scale));
      int to = from;
      double sum = 0;
      int filled = 0;
      while (to < inside && grid.code((float) (histogram.centre(to) / scale)) == code) {
        sum += bins[to];
        filled += bins[to] > 0 ? 1 : 0;
        to++;
      }
      for (int i = from; i < to; i++) {
        q[i] = bins[i] > 0 ? sum / filled : 0;
      }
      from = to;
    }
    return q;
  }
}
