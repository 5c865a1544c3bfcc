package maia.tensor.data;

import java.util.ArrayList;
import java.util.List;
import maia.numerics.Philox;
import maia.tensor.Tensor;

/// A data set whose inputs change at random, another way each epoch.
record Augmented(Dataset from, long seed, int epoch, Augmentation change) implements Dataset {
  @Override
  public int size() {
    return from.size();
  }

  @Override
  public Batch batch(long... indices) {
    Batch batch = from.batch(indices);
    if (indices.length == 0) {
      return batch;
    }
    List<Tensor> inputs = new ArrayList<>();
    for (int i = 0; i < indices.length; i++) {
      inputs.add(change.apply(batch.inputs().get(i), seedOf(indices[i])));
    }
    return new Batch(Tensor.stack(inputs, 0), batch.targets());
  }

  private long seedOf(long index) {
    long counter = ((long) epoch << 32) + index;
    long high = Philox.next(seed, counter, 0);
    return high << 32 | Integer.toUnsignedLong(Philox.next(seed, counter, 1));
  }

  @Override
  public Dataset inEpoch(int next) {
    return new Augmented(from.inEpoch(next), seed, next, change);
  }
}
