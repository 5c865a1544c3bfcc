package maia.tensor;

import java.util.List;

/// Functions of networks as plain loops in fp64.
final class Slow {
  static final Centre LAYER = Centre.MEAN;
  static final Centre RMS = Centre.ZERO;

  private Slow() {}

  enum Centre {
    MEAN,
    ZERO
  }

  /// The error function by its series, or by 1 minus a continued fraction where that is large.
  static double erf(double x) {
    double sum = 0;
    double term = x;
    for (int n = 0; n < 200; n++) {
      sum += term / (2 * n + 1);
      term *= -x * x / (n + 1);
    }
    return Math.abs(x) > 5 ? Math.signum(x) : 2 / Math.sqrt(Math.PI) * sum;
  }

  static double[] rows(double[] x, int width, int... index) {
    double[] rows = new double[index.length * width];
    for (int i = 0; i < index.length; i++) {
      System.arraycopy(x, index[i] * width, rows, i * width, width);
    }
    return rows;
  }

  static double[] normalise(List<double[]> inputs, int n, double epsilon, Centre centre) {
    double[] y = inputs.getFirst().clone();
    for (int at = 0; at < y.length; at += n) {
      double mean = 0;
      for (int i = at; i < at + n; i++) {
        mean += centre == Centre.MEAN ? y[i] / n : 0;
      }
      double square = 0;
      for (int i = at; i < at + n; i++) {
        square += (y[i] - mean) * (y[i] - mean) / n;
      }
      for (int i = 0; i < n; i++) {
        y[at + i] = (y[at + i] - mean) / Math.sqrt(square + epsilon);
        y[at + i] *= inputs.size() > 1 ? inputs.get(1)[i] : 1;
        y[at + i] += inputs.size() > 2 ? inputs.get(2)[i] : 0;
      }
    }
    return y;
  }

  /// Sizes: batch, channels, elements of a channel.
  static double[] groups(List<double[]> in, int[] sizes, int groups, double epsilon) {
    int width = sizes[1] / groups * sizes[2];
    double[] y = normalise(in.subList(0, 1), width, epsilon, LAYER);
    for (int i = 0; i < y.length; i++) {
      int channel = i / sizes[2] % sizes[1];
      y[i] = y[i] * in.get(1)[channel] + in.get(2)[channel];
    }
    return y;
  }

  /// Sizes: heads, key-value heads, queries, keys, width, width of values.
  static double[] attention(List<double[]> in, int[] sizes, Attention.Causal causal) {
    int group = sizes[0] / sizes[1];
    int queries = sizes[2];
    int keys = sizes[3];
    double[] out = new double[sizes[0] * queries * sizes[5]];
    for (int h = 0; h < sizes[0]; h++) {
      for (int i = 0; i < queries; i++) {
        double total = 0;
        for (int j = 0; j < keys; j++) {
          int last = causal == Attention.Causal.UPPER_LEFT ? i : i + keys - queries;
          if (causal != Attention.Causal.NONE && j > last) {
            continue;
          }
          double score = in.size() > 3 ? in.get(3)[i * keys + j] : 0;
          for (int e = 0; e < sizes[4]; e++) {
            score +=
                in.get(0)[(h * queries + i) * sizes[4] + e]
                    * in.get(1)[(h / group * keys + j) * sizes[4] + e]
                    / Math.sqrt(sizes[4]);
          }
          total += Math.exp(score);
          for (int e = 0; e < sizes[5]; e++) {
            out[(h * queries + i) * sizes[5] + e] +=
                Math.exp(score) * in.get(2)[(h / group * keys + j) * sizes[5] + e];
          }
        }
        for (int e = 0; e < sizes[5] && total > 0; e++) {
          out[(h * queries + i) * sizes[5] + e] /= total;
        }
      }
    }
    return out;
  }

  static double[] crossEntropy(
      double[] x, int[] classes, double[] weight, double smoothing, LossReduction reduction) {
    int n = weight.length;
    double[] losses = new double[classes.length];
    double sum = 0;
    double weights = 0;
    for (int r = 0; r < classes.length; r++) {
      if (classes[r] < 0) {
        continue;
      }
      double total = 0;
      for (int c = 0; c < n; c++) {
        total += Math.exp(x[r * n + c]);
      }
      for (int c = 0; c < n; c++) {
        double target = (c == classes[r] ? 1 - smoothing : 0) + smoothing / n;
        losses[r] -= target * weight[c] * (x[r * n + c] - Math.log(total));
      }
      sum += losses[r];
      weights += weight[classes[r]];
    }
    return switch (reduction) {
      case NONE -> losses;
      case SUM -> new double[] {sum};
      case BATCH_MEAN -> new double[] {sum / classes.length};
      case MEAN -> new double[] {sum / weights};
    };
  }
}
