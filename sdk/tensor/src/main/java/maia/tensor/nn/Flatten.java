package maia.tensor.nn;

import java.util.stream.LongStream;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;

/// Dimensions `first` to the last one as one; without settings all but the batch.
public final class Flatten extends Module {
  private final int first;

  /// All dimensions but the first.
  public Flatten() {
    this(1);
  }

  /// Dimensions `first` (counted from 0) to the last one.
  public Flatten(int first) {
    this.first = first;
  }

  @Override
  public Tensor forward(Tensor x) {
    ShapeException.check(
        first >= 0 && first < x.rank(),
        "flatten: dimension %d does not exist in a tensor of %d dimensions",
        first,
        x.rank());
    long[] shape = x.shape();
    long width = LongStream.of(shape).skip(first).reduce(1, Math::multiplyExact);
    return x.reshape(
        LongStream.concat(LongStream.of(shape).limit(first), LongStream.of(width)).toArray());
  }
}
