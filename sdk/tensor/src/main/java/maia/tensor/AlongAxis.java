package maia.tensor;

import java.util.List;
import java.util.Optional;
import maia.numerics.DType;

/// A fixed linear map along one dimension, as pooling, padding and interpolation are. Each result
/// is summed in fp64 in ascending order of what it is made of, and rounded once; its gradient is
/// the transposed map.
///
/// @param label the name used in texts
/// @param dim the dimension, counted from 0
/// @param weights the map
public record AlongAxis(String label, int dim, Weights weights) implements Op {
  @Override
  public String name() {
    return label;
  }

  @Override
  public Reads reads() {
    return Reads.NOTHING;
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    long[] shape = x.shape();
    shape[dim] = weights.to();
    return Tensor.meta(x.dtype(label), shape);
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    Tensor x = inputs.getFirst();
    double[] in = Host.doubles(x);
    double[] out = new double[Math.toIntExact(like.elements())];
    int inner = 1;
    for (int d = dim + 1; d < x.rank(); d++) {
      inner *= Math.toIntExact(x.size(d));
    }
    int width = inner;
    int rows = weights.to() * inner;
    int outer = rows == 0 ? 0 : out.length / rows;
    Parallel.ranges(
        outer,
        Math.max(1, Parallel.ELEMENTS / Math.max(1, rows)),
        (first, end) -> {
          for (int i = first; i < end; i++) {
            apply(in, i * weights.from() * width, out, i * rows, width);
          }
        });
    return like.dtype().isFloat()
        ? Narrowed.tensor(out, like.dtype(), like.shape())
        : Host.tensor(out, DType.F64, like.shape()).to(like.dtype());
  }

  private void apply(double[] in, int inAt, double[] out, int outAt, int width) {
    for (int o = 0; o < weights.to(); o++) {
      int[] index = weights.index()[o];
      double[] factors = weights.weight()[o];
      int to = outAt + o * width;
      for (int j = 0; j < index.length; j++) {
        int from = inAt + index[j] * width;
        double factor = factors[j];
        if (j == 0) {
          for (int i = 0; i < width; i++) { // not added to 0: minus zero stays
            out[to + i] = factor * in[from + i];
          }
        } else {
          for (int i = 0; i < width; i++) {
            out[to + i] += factor * in[from + i];
          }
        }
      }
    }
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    return List.of(
        Optional.of(Dispatch.run(new AlongAxis(label, dim, weights.transposed()), gradient)));
  }
}
