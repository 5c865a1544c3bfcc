package maia.tensor;

import java.util.List;
import java.util.Optional;
import maia.numerics.DType;
import maia.numerics.Dmath;
import maia.numerics.RowMath;
import maia.numerics.Rows;

/// Softmax along one dimension. Order: maximum, subtract, exp, sum in the order of
/// [maia.numerics.Reduce#sum], then one division per element (or, for the logarithm, one
/// subtraction of the logarithm of the sum).
public sealed interface SoftmaxOp extends Op {
  /// exp(x - max) / sum.
  record Probability(int dim) implements SoftmaxOp {
    @Override
    public String name() {
      return "softmax";
    }
  }

  /// (x - max) - log(sum).
  record LogProbability(int dim) implements SoftmaxOp {
    @Override
    public String name() {
      return "logSoftmax";
    }
  }

  /// The dimension, counted from 0.
  int dim();

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    DType type = x.dtype(name());
    if (!type.isFloat()) {
      throw TensorException.of(
          "%s: not defined for %s; convert the tensor with to(F32)", name(), type.label());
    }
    return Tensor.meta(type, x.shape());
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    Tensor moved = inputs.getFirst().transpose(dim(), -1);
    if (like.type() == DType.F64) {
      return ofDoubles(moved).transpose(dim(), -1).contiguous();
    }
    int n = Math.toIntExact(moved.size(-1));
    Tensor result =
        switch (this) {
          case Probability _ ->
              HostKernels.rows(moved, like.dtype(), (x, out) -> Rows.softmax(x, out, n));
          case LogProbability _ ->
              HostKernels.rows(this, moved, like.dtype(), n, RowMath::logSoftmax);
        };
    return result.transpose(dim(), -1).contiguous();
  }

  private Tensor ofDoubles(Tensor moved) {
    double[] x = Host.doubles(moved);
    int n = Math.toIntExact(moved.size(-1));
    for (int at = 0; at < x.length; at += n) {
      double max = Double.NEGATIVE_INFINITY;
      for (int i = at; i < at + n; i++) {
        max = Math.max(max, x[i]);
      }
      double sum = 0;
      for (int i = at; i < at + n; i++) {
        x[i] -= max;
        sum += Dmath.exp(x[i]);
      }
      for (int i = at; i < at + n; i++) {
        x[i] = this instanceof Probability ? Dmath.exp(x[i]) / sum : x[i] - Dmath.log(sum);
      }
    }
    return Host.tensor(x, DType.F64, moved.shape());
  }

  @Override
  default Reads reads() {
    return Reads.OUTPUT;
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor g) {
    return List.of(
        Optional.of(
            switch (this) {
              case Probability _ -> output.mul(g.sub(g.mul(output).sum(Dims.KEEP, dim())));
              case LogProbability _ -> g.sub(output.exp().mul(g.sum(Dims.KEEP, dim())));
            }));
  }
}
