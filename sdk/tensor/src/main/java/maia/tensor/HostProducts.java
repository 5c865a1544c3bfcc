package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.numerics.DType;
import maia.numerics.Elementwise;
import maia.numerics.HostArray;
import maia.numerics.MatMul;

/// How the host computes [Contraction]: operands are read where they lie.
final class HostProducts {
  private HostProducts() {}

  /// x times the transpose of w, plus the bias where there is one.
  static Tensor linear(List<Tensor> inputs, DType type, long... shape) {
    Tensor x = decoded(inputs.get(0));
    Tensor w = decoded(inputs.get(1));
    HostArray out = HostArray.unset(DType.F32, shape);
    long k = w.size(1);
    long n = w.size(0);
    if (out.elements() > 0) {
      long m = out.elements() / n;
      Tensor rows = x.rank() == 2 ? x : x.reshape(m, k);
      MatMul.linear(rows, w, matrix(out, 0, m, n));
    }
    if (inputs.size() == 3) {
      Elementwise.addToRows(out, Host.floats(inputs.get(2)));
    }
    return rounded(out, type);
  }

  /// The products of all matrices of the leading dimensions.
  static Tensor product(Tensor a, Tensor b, DType type, long... shape) {
    int rank = shape.length;
    long m = shape[rank - 2];
    long n = shape[rank - 1];
    long k = a.size(-1);
    HostArray out = HostArray.unset(DType.F32, shape);
    if (rank == 2) {
      MatMul.multiply(decoded(a), decoded(b), out);
    } else if (out.elements() > 0) {
      Tensor left = Products.batches(a, shape, m, k);
      Tensor right = Products.batches(b, shape, k, n);
      maia.numerics.Parallel.ranges(
          "matmul",
          left.size(0),
          1,
          (from, to) -> {
            for (long i = from; i < to; i++) {
              MatMul.multiply(matrix(left, i), matrix(right, i), matrix(out, i * m * n, m, n));
            }
          });
    }
    return rounded(out, type);
  }

  private static Tensor decoded(Tensor x) {
    Tensor here = Host.here(x);
    return here.type() instanceof DType ? here : here.dequantize();
  }

  /// Matrix number `i` of a tensor of three dimensions.
  private static HostArray matrix(Tensor x, long i) {
    long[] shape = x.shape();
    long[] strides = x.strides();
    return HostArray.view(
        x.dtype(),
        Arrays.copyOfRange(shape, 1, 3),
        Arrays.copyOfRange(strides, 1, 3),
        x.offset() + i * strides[0],
        x.segment(),
        Optional.empty(),
        1);
  }

  private static HostArray matrix(HostArray out, long at, long m, long n) {
    return HostArray.view(
        DType.F32, new long[] {m, n}, new long[] {n, 1}, at, out.segment(), Optional.empty(), 1);
  }

  /// A result of fp32 arithmetic in its type.
  static Tensor rounded(HostArray out, DType type) {
    if (type == DType.F32) {
      return Tensor.on(Device.cpu(), out);
    }
    HostArray narrow = HostArray.unset(type, out.shape());
    Elementwise.map("round", out, narrow, (x, spare, count) -> {});
    return Tensor.on(Device.cpu(), narrow);
  }
}
