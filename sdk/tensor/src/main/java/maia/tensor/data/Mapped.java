package maia.tensor.data;

import java.util.function.UnaryOperator;

/// A data set with a change made to every batch.
record Mapped(Dataset from, UnaryOperator<Batch> change) implements Dataset {
  @Override
  public int size() {
    return from.size();
  }

  @Override
  public Batch batch(long... indices) {
    return change.apply(from.batch(indices));
  }

  @Override
  public Dataset inEpoch(int epoch) {
    return new Mapped(from.inEpoch(epoch), change);
  }
}
