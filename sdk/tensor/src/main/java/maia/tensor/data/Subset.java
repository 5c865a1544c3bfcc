package maia.tensor.data;

import java.util.Arrays;
import maia.base.Check;

/// Some samples of a data set.
final class Subset implements Dataset {
  private final Dataset from;
  private final long[] indices;

  Subset(Dataset from, long... indices) {
    for (long index : indices) {
      Check.argument(
          index >= 0 && index < from.size(),
          "subset: sample %d does not exist, there are %d",
          index,
          from.size());
    }
    this.from = from;
    this.indices = indices.clone();
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public Batch batch(long... wanted) {
    return from.batch(Arrays.stream(wanted).map(i -> indices[Math.toIntExact(i)]).toArray());
  }

  @Override
  public Dataset inEpoch(int epoch) {
    return new Subset(from.inEpoch(epoch), indices);
  }
}
