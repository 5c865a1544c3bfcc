package maia.tensor.data;

import java.util.function.UnaryOperator;
import maia.base.Check;
import maia.numerics.Philox;
import maia.tensor.Tensor;

/// Changes of samples for [Dataset#map] and [Dataset#augment].
public final class Transforms {
  private Transforms() {}

  /// Inputs less `mean`, over `deviation`; both broadcast.
  public static UnaryOperator<Batch> normalize(Tensor mean, Tensor deviation) {
    return batch -> new Batch(batch.inputs().sub(mean).div(deviation), batch.targets());
  }

  /// `change` made to the inputs.
  public static UnaryOperator<Batch> inputs(UnaryOperator<Tensor> change) {
    return batch -> new Batch(change.apply(batch.inputs()), batch.targets());
  }

  /// The last dimension reversed, half of the time.
  public static Augmentation randomFlip() {
    return (input, seed) -> {
      if (Philox.uniform(seed, 0) < 0.5f) {
        return input;
      }
      int last = Math.toIntExact(input.size(-1));
      long[] reversed = new long[last];
      for (int i = 0; i < last; i++) {
        reversed[i] = last - 1L - i;
      }
      int rank = input.rank();
      Tensor rows = input.transpose(0, rank - 1).rows(Tensor.ofLongs(reversed));
      return rows.transpose(0, rank - 1).contiguous();
    };
  }

  /// Images shifted by up to `most` elements in each of the last two dimensions; zeros come in.
  public static Augmentation randomShift(int most) {
    Check.argument(most >= 0, "random shift: the most must not be negative, was %d", most);
    return (input, seed) -> {
      int rank = input.rank();
      Tensor moved = shifted(input, rank - 1, by(most, seed, 0));
      return shifted(moved, rank - 2, by(most, seed, 1));
    };
  }

  private static int by(int most, long seed, long index) {
    return (int) (Philox.uniform(seed, index) * (2 * most + 1)) - most;
  }

  private static Tensor shifted(Tensor x, int dim, int by) {
    long size = x.size(dim);
    Tensor result = Tensor.zeros(x.dtype(), x.shape());
    if (Math.abs(by) < size) {
      result
          .narrow(dim, Math.max(0, by), size - Math.abs(by))
          .assign(x.narrow(dim, Math.max(0, -by), size - Math.abs(by)));
    }
    return result;
  }
}
