package maia.tensor;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import maia.numerics.DType;

/// Reductions made of other operations, so that they have every order of derivative.
final class Statistics {
  private Statistics() {}

  static Tensor variance(Tensor x, int correction, Dims keep, int... dims) {
    long count = 1;
    for (int d : Shapes.dims("var", x, dims)) {
      count *= x.size(d);
    }
    Tensor squares = x.sub(x.mean(Dims.KEEP, dims)).square();
    return squares.sum(keep, dims).div((double) Math.max(0, count - correction));
  }

  /// Halves are multiplied with each other until one element is left: no division, so zeros have
  /// their gradient.
  static Tensor product(Tensor x, int dim, Dims keep) {
    Tensor at = x;
    if (x.size(dim) == 0) {
      long[] shape = x.shape();
      shape[dim] = 1;
      at = Tensor.on(x.device(), Create.full(1, x.dtype("prod"), shape));
    }
    while (at.size(dim) > 1) {
      long half = at.size(dim) / 2;
      Tensor pairs = at.narrow(dim, 0, half).mul(at.narrow(dim, half, half));
      at =
          at.size(dim) % 2 == 0
              ? pairs
              : Tensor.cat(List.of(pairs, at.narrow(dim, 2 * half, 1)), dim);
    }
    return keep == Dims.KEEP ? at : at.squeeze(dim);
  }

  /// Integers and truth values as I64: products outgrow narrow types.
  static Tensor whole(Tensor x) {
    return x.dtype("prod").isFloat() ? x : x.to(DType.I64);
  }

  static TensorReductions.Indexed median(Tensor x, int dim) {
    long count = Shapes.isOfScalar(x, dim) ? 1 : x.size(dim);
    ShapeException.check(
        count > 0, "median: dimension %d of %s has no elements", dim, Layout.text(x.shape()));
    TensorReductions.Indexed middle = x.kthvalue((int) ((count + 1) / 2), dim);
    if (!x.dtype("median").isFloat()) {
      return middle;
    }
    Tensor nan = x.detach().isNan();
    Tensor first = nan.argmax(dim);
    Tensor any = nan.amax(dim);
    Tensor none = Create.scalarLike(x, Double.NaN).to(x.dtype());
    return new TensorReductions.Indexed(
        any.where(none, middle.values()), any.where(first, middle.indices()));
  }

  static Tensor logSumExp(Tensor x, Dims keep, int... dims) {
    Tensor high = x.detach().amax(Dims.KEEP, dims);
    Tensor finite = high.isFinite().where(high, Create.zeroLike(high));
    Tensor log = x.sub(finite).exp().sum(Dims.KEEP, dims).log().add(finite);
    return keep == Dims.KEEP ? log : log.reshape(shape(x, dims));
  }

  private static long[] shape(Tensor x, int... dims) {
    List<Integer> reduced = Shapes.dims("logsumexp", x, dims);
    long[] shape = new long[x.rank() - reduced.size()];
    int at = 0;
    for (int d = 0; d < x.rank(); d++) {
      if (!reduced.contains(d)) {
        shape[at++] = x.size(d);
      }
    }
    return shape;
  }

  static Tensor norm(Tensor x, double p, Dims keep, int... dims) {
    if (!x.dtype("norm").isFloat()) {
      throw TensorException.of(
          "norm: needs a floating-point tensor, got %s; convert it with to(F32)", x.type().label());
    }
    if (p == Double.POSITIVE_INFINITY) {
      return x.abs().amax(keep, dims);
    }
    if (p == Double.NEGATIVE_INFINITY) {
      return x.abs().amin(keep, dims);
    }
    if (p == 0) {
      return x.ne(0L).to(x.dtype()).sum(keep, dims);
    }
    if (p == 1) {
      return x.abs().sum(keep, dims);
    }
    Tensor sum = (p == 2 ? x.square() : power(x.abs(), p)).sum(keep, dims);
    return p == 2 ? root(sum, Tensor::sqrt) : root(sum, s -> s.pow(1 / p));
  }

  private static Tensor power(Tensor x, double p) {
    return root(x, s -> s.pow(p));
  }

  /// `function` where x is not 0, else 0, with gradient 0 there.
  private static Tensor root(Tensor x, UnaryOperator<Tensor> function) {
    Tensor none = x.eq(0L);
    Tensor safe = none.where(Create.scalarLike(x, 1).to(x.dtype()), x);
    Tensor y = function.apply(safe);
    return none.where(Create.zeroLike(y), y);
  }

  static Tensor quantile(Tensor x, double q, int dim) {
    ShapeException.check(q >= 0 && q <= 1, "quantile: q must be from 0 to 1, was %s", q);
    long n = x.size(dim);
    ShapeException.check(
        n > 0, "quantile: dimension %d of %s has no elements", dim, Layout.text(x.shape()));
    Tensor sorted = x.sort(dim).values();
    double place = q * (n - 1);
    long low = (long) Math.floor(place);
    Tensor below = sorted.select(dim, low);
    Tensor above = sorted.select(dim, Math.min(n - 1, low + 1));
    return below.lerp(above, place - low);
  }

  /// The running combination by doubling: after step k each element holds the last 2^k ones.
  static Tensor running(String name, Tensor x, int dim, BinaryOperator<Tensor> combine) {
    if (Shapes.isOfScalar(x, dim)) {
      return x;
    }
    int d = x.layout().dim(name, dim);
    long size = x.size(d);
    Tensor at = x;
    for (long step = 1; step < size; step *= 2) {
      Tensor combined =
          combine.apply(at.narrow(d, step, size - step), at.narrow(d, 0, size - step));
      at = Tensor.cat(List.of(at.narrow(d, 0, step), combined), d);
    }
    return at;
  }
}
