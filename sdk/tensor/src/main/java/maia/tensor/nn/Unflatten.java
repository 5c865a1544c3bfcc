package maia.tensor.nn;

import java.util.Arrays;
import java.util.stream.LongStream;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;

/// One dimension as several, of the given sizes.
public final class Unflatten extends Module {
  private final int dim;
  private final long[] sizes;

  /// Dimension `dim`, counted from 0, becomes dimensions of `sizes`, whose product it must have.
  public Unflatten(int dim, long... sizes) {
    this.dim = dim;
    this.sizes = sizes.clone();
  }

  @Override
  public Tensor forward(Tensor x) {
    long product = LongStream.of(sizes).reduce(1, Math::multiplyExact);
    ShapeException.check(
        dim >= 0 && dim < x.rank() && x.size(dim) == product,
        "unflatten: dimension %d of %s must have size %d, the product of %s",
        dim,
        Arrays.toString(x.shape()),
        product,
        Arrays.toString(sizes));
    LongStream shape =
        LongStream.concat(
            LongStream.concat(LongStream.of(x.shape()).limit(dim), LongStream.of(sizes)),
            LongStream.of(x.shape()).skip(dim + 1));
    return x.reshape(shape.toArray());
  }

  @Override
  protected String label() {
    return "Unflatten(dim=" + dim + ", sizes=" + Arrays.toString(sizes) + ")";
  }
}
