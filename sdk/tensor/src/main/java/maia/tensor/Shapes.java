package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import maia.numerics.DType;

/// Rules of shapes and types that several operations share.
final class Shapes {
  private Shapes() {}

  /// The shape both broadcast to: aligned at the last dimension, sizes equal or 1.
  static long[] broadcast(String op, Tensor a, Tensor b) {
    long[] left = a.layout().shape();
    long[] right = b.layout().shape();
    int rank = Math.max(left.length, right.length);
    long[] shape = new long[rank];
    for (int d = 1; d <= rank; d++) {
      long m = d > left.length ? 1 : left[left.length - d];
      long n = d > right.length ? 1 : right[right.length - d];
      ShapeException.check(
          m == n || m == 1 || n == 1,
          "%s: shapes do not broadcast: a is %s, b is %s; sizes must be equal or 1, counted from the"
              + " last dimension",
          op,
          Layout.text(left),
          Layout.text(right));
      shape[rank - d] = m == 1 ? n : m;
    }
    return shape;
  }

  /// The type in which `a` and `b` meet; see [Promotion].
  static DType promote(String op, Tensor a, Tensor b) {
    return Promotion.of(op, a, b);
  }

  /// Every dimension, or the named ones counted from 0, ascending.
  static List<Integer> dims(String op, Tensor x, int... dims) {
    if (dims.length == 0) {
      return IntStream.range(0, x.rank()).boxed().toList();
    }
    if (Arrays.stream(dims).allMatch(d -> isOfScalar(x, d))) {
      return List.of();
    }
    List<Integer> named =
        Arrays.stream(dims).map(d -> x.layout().dim(op, d)).sorted().boxed().toList();
    ShapeException.check(
        named.stream().distinct().count() == named.size(),
        "%s: dimensions %s name one twice",
        op,
        Arrays.toString(dims));
    return named;
  }

  /// Whether `dim` is the one that a scalar is taken to have, as in PyTorch.
  static boolean isOfScalar(Tensor x, int dim) {
    return x.rank() == 0 && (dim == 0 || dim == -1);
  }

  static List<Long> list(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  static long[] array(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  /// `gradient` added up over the dimensions along which `like` was broadcast.
  static Tensor sumTo(Tensor gradient, Tensor like) {
    int extra = gradient.rank() - like.rank();
    int[] repeated =
        IntStream.range(0, gradient.rank())
            .filter(d -> d < extra || (like.size(d - extra) == 1 && gradient.size(d) != 1))
            .toArray();
    Tensor sum = repeated.length == 0 ? gradient : gradient.sum(Dims.KEEP, repeated);
    return sum.reshape(like.shape());
  }
}
