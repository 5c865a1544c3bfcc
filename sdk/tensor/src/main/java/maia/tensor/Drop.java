package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.base.Check;
import maia.numerics.DType;
import maia.numerics.Philox;

/// Sets elements to 0 with a probability and multiplies the others with one over the probability of
/// staying. Element i, in row order, is dropped where number i of the uniform stream of `seed` is
/// below `probability`.
///
/// @param probability of being dropped, from 0 to below 1
/// @param seed of the stream
public record Drop(float probability, long seed) implements Op {
  public Drop {
    Check.argument(
        probability >= 0 && probability < 1,
        "dropout: the probability must be from 0 to below 1, was %s",
        probability);
  }

  @Override
  public String name() {
    return "dropout";
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    DType type = x.dtype(name());
    if (!type.isFloat()) {
      throw TensorException.of(
          "dropout: not defined for %s; convert the tensor with to(F32)", type.label());
    }
    return Tensor.meta(type, x.shape());
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    if (like.dtype() == DType.F64) {
      double[] wide = Host.doubles(inputs.getFirst());
      Arrays.setAll(
          wide, i -> Philox.uniform(seed, i) < probability ? 0 : wide[i] / (1.0 - probability));
      return Host.tensor(wide, DType.F64, like.shape());
    }
    float[] x = Host.floats(inputs.getFirst());
    Parallel.ranges(x.length, Parallel.ELEMENTS, (from, to) -> apply(x, from, to - from, from));
    return Host.tensor(x, like.dtype(), like.shape());
  }

  /// Drops of `x[at..at+count]` in place; `x[at]` is element `first` of the stream.
  void apply(float[] x, int at, int count, long first) {
    float factor = 1 / (1 - probability);
    for (int i = 0; i < count; i++) {
      x[at + i] = Philox.uniform(seed, first + i) < probability ? 0 : x[at + i] * factor;
    }
  }

  @Override
  public Reads reads() {
    return Reads.NOTHING;
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    return List.of(Optional.of(Dispatch.run(this, gradient)));
  }
}
