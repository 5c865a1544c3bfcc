package maia.tensor.data;

import java.util.Arrays;
import maia.base.Check;
import maia.numerics.Philox;

/// The order in which the samples of a data set come, per epoch: a pure function of the epoch.
@FunctionalInterface
public interface Sampler {
  /// The indices of an epoch, counted from 0, in order.
  long[] order(int epoch);

  /// 0 to `size` - 1.
  static Sampler inOrder(int size) {
    long[] order = new long[size];
    Arrays.setAll(order, i -> i);
    return epoch -> order.clone();
  }

  /// Every index once, in an order that depends only on `seed` and the epoch.
  static Sampler shuffled(int size, long seed) {
    return epoch -> {
      long[] order = inOrder(size).order(epoch);
      for (int i = order.length - 1; i > 0; i--) {
        int other = below(i + 1, seed, ((long) epoch << 32) + i);
        long swap = order[i];
        order[i] = order[other];
        order[other] = swap;
      }
      return order;
    };
  }

  /// `count` indices per epoch, each drawn with a probability in proportion to its weight, with
  /// replacement.
  static Sampler weighted(double[] weights, int count, long seed) {
    double[] sums = new double[weights.length];
    double sum = 0;
    for (int i = 0; i < sums.length; i++) {
      Check.argument(
          weights[i] >= 0 && weights[i] < Double.POSITIVE_INFINITY,
          "weighted sampler: weight %d must not be negative, was %s",
          i,
          weights[i]);
      sum += weights[i];
      sums[i] = sum;
    }
    Check.argument(sum > 0, "weighted sampler: at least one weight must be positive");
    double total = sum;
    return epoch -> {
      long[] order = new long[count];
      for (int i = 0; i < count; i++) {
        long bits = Integer.toUnsignedLong(Philox.next(seed, ((long) epoch << 32) + i, 0));
        order[i] = above(sums, (bits + 0.5) * 0x1p-32 * total);
      }
      return order;
    };
  }

  /// A whole number from 0 to below `bound`.
  private static int below(int bound, long seed, long index) {
    return (int) (Integer.toUnsignedLong(Philox.next(seed, index, 0)) * bound >>> 32);
  }

  /// The first of ascending `sums` that is above `value`.
  private static int above(double[] sums, double value) {
    int low = 0;
    int high = sums.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sums[middle] > value) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
