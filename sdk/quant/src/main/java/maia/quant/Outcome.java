package maia.quant;

import java.util.Arrays;
import java.util.Locale;
import maia.base.Check;
import maia.tensor.Tensor;

/// How the predictions of a quantised network differ from those of the original, on the same
/// inputs. Differences are paired, so their standard error is that of the difference and far below
/// that of either loss.
///
/// @param samples how many inputs
/// @param loss mean cross entropy of the quantised network, in nats
/// @param difference loss less the original's loss
/// @param standardError standard error of the difference
/// @param divergence mean Kullback-Leibler divergence from the original's probabilities, in nats
/// @param agreement share of inputs with the same most likely class
/// @param accuracy share of inputs whose most likely class is the true one
/// @param originalAccuracy the original's
/// @param sure how many inputs the original is sure of: the entropy of its probabilities is below
///   [#SURE] nats
/// @param sureAgreement share of those with the same most likely class; 1 where there are none
public record Outcome(
    int samples,
    double loss,
    double difference,
    double standardError,
    double divergence,
    double agreement,
    double accuracy,
    double originalAccuracy,
    int sure,
    double sureAgreement) {
  /// The entropy in nats below which the original counts as sure.
  public static final double SURE = 0.5;

  /// Compares logits `[N, classes]` of the original and of the quantised network; `classes` `[N]`
  /// are the true ones. At least two samples.
  public static Outcome of(Tensor original, Tensor quantised, Tensor classes) {
    Check.argument(
        original.rank() == 2
            && Arrays.equals(original.shape(), quantised.shape())
            && classes.rank() == 1
            && classes.size(0) == original.size(0)
            && original.size(0) >= 2,
        "outcome: needs logits [N, classes] of one shape and N true classes, N at least 2; got %s, %s and %s",
        Arrays.toString(original.shape()),
        Arrays.toString(quantised.shape()),
        Arrays.toString(classes.shape()));
    int n = Math.toIntExact(original.size(0));
    int width = Math.toIntExact(original.size(1));
    float[] before = original.toArray();
    float[] after = quantised.toArray();
    float[] truth = classes.toArray();
    double[] lost = new double[n];
    double loss = 0;
    double divergence = 0;
    int agree = 0;
    int right = 0;
    int rightBefore = 0;
    int sure = 0;
    int sureAgree = 0;
    for (int i = 0; i < n; i++) {
      double[] p = logProbabilities(before, i * width, width);
      double[] q = logProbabilities(after, i * width, width);
      int label = (int) truth[i];
      Check.argument(
          label >= 0 && label < width,
          "outcome: the true class of sample %d must be 0 to %d, was %d",
          i,
          width - 1,
          label);
      lost[i] = p[label] - q[label];
      loss -= q[label];
      double entropy = 0;
      for (int c = 0; c < width; c++) {
        double probability = StrictMath.exp(p[c]);
        divergence += probability == 0 ? 0 : probability * (p[c] - q[c]);
        entropy -= probability == 0 ? 0 : probability * p[c];
      }
      if (entropy < SURE) {
        sure++;
        sureAgree += largest(p) == largest(q) ? 1 : 0;
      }
      agree += largest(p) == largest(q) ? 1 : 0;
      right += largest(q) == label ? 1 : 0;
      rightBefore += largest(p) == label ? 1 : 0;
    }
    double mean = Arrays.stream(lost).sum() / n;
    double variance = Arrays.stream(lost).map(d -> (d - mean) * (d - mean)).sum() / (n - 1);
    return new Outcome(
        n,
        loss / n,
        mean,
        Math.sqrt(variance / n),
        divergence / n,
        (double) agree / n,
        (double) right / n,
        (double) rightBefore / n,
        sure,
        sure == 0 ? 1 : (double) sureAgree / sure);
  }

  private static double[] logProbabilities(float[] logits, int at, int width) {
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < width; c++) {
      max = Math.max(max, logits[at + c]);
    }
    double sum = 0;
    for (int c = 0; c < width; c++) {
      sum += StrictMath.exp(logits[at + c] - max);
    }
    double norm = max + StrictMath.log(sum);
    double[] log = new double[width];
    for (int c = 0; c < width; c++) {
      log[c] = logits[at + c] - norm;
    }
    return log;
  }

  private static int largest(double[] x) {
    int best = 0;
    for (int i = 1; i < x.length; i++) {
      best = x[i] > x[best] ? i : best;
    }
    return best;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "accuracy %.2f %% (original %.2f %%), loss %.4f (%+.4f +- %.4f), KL %.5f, agreement %.2f %%",
        100 * accuracy,
        100 * originalAccuracy,
        loss,
        difference,
        standardError,
        divergence,
        100 * agreement);
  }
}
