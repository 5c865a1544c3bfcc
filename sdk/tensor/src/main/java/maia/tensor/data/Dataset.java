package maia.tensor.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import maia.base.Check;

/// Samples that can be drawn by index, by several threads at a time.
public interface Dataset {
  /// The number of samples.
  int size();

  /// The samples with these indices, in this order.
  Batch batch(long... indices);

  /// What the loader draws from in an epoch; the data set itself unless it changes from epoch to
  /// epoch, as random changes to the samples do.
  default Dataset inEpoch(int epoch) {
    return this;
  }

  /// The same samples with `change` made to every batch; it must not depend on how samples are
  /// batched.
  default Dataset map(UnaryOperator<Batch> change) {
    return new Mapped(this, change);
  }

  /// The same samples, each input changed by `change` with a seed of its own that depends on
  /// `seed`, the epoch and the index alone.
  default Dataset augment(long seed, Augmentation change) {
    return new Augmented(this, seed, 0, change);
  }

  /// The samples with these indices as a data set.
  default Dataset subset(long... indices) {
    return new Subset(this, indices);
  }

  /// Disjoint random parts of the given sizes, which must add up to [#size].
  default List<Dataset> randomSplit(long seed, int... sizes) {
    Check.argument(
        Arrays.stream(sizes).allMatch(s -> s >= 0) && IntStream.of(sizes).sum() == size(),
        "random split: sizes must not be negative and add up to %d, were %s",
        size(),
        Arrays.toString(sizes));
    long[] order = Sampler.shuffled(size(), seed).order(0);
    List<Dataset> parts = new ArrayList<>();
    int at = 0;
    for (int size : sizes) {
      parts.add(subset(Arrays.copyOfRange(order, at, at + size)));
      at += size;
    }
    return List.copyOf(parts);
  }
}
