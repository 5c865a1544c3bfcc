package maia.tensor.data;

import java.util.Arrays;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;

/// Samples held in two tensors that share their first dimension.
public record TensorDataset(Tensor inputs, Tensor targets) implements Dataset {
  public TensorDataset {
    ShapeException.check(
        inputs.rank() > 0 && targets.rank() > 0 && inputs.size(0) == targets.size(0),
        "data set: inputs and targets must have the same first size, got %s and %s",
        Arrays.toString(inputs.shape()),
        Arrays.toString(targets.shape()));
  }

  @Override
  public int size() {
    return Math.toIntExact(inputs.size(0));
  }

  @Override
  public Batch batch(long... indices) {
    Tensor rows = Tensor.ofLongs(indices);
    return new Batch(inputs.rows(rows), targets.rows(rows));
  }

  /// The first `count` samples, without a copy.
  public TensorDataset first(int count) {
    return new TensorDataset(inputs.narrow(0, 0, count), targets.narrow(0, 0, count));
  }
}
