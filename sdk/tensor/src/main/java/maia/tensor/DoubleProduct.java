package maia.tensor;

import java.util.List;
import maia.base.Stop;
import maia.numerics.DType;

/// Products in fp64: one chain of fused multiply-adds per output, in ascending k.
final class DoubleProduct {
  /// Multiply-adds one thread takes at a time.
  private static final long CHUNK = 1 << 16;

  private DoubleProduct() {}

  static Tensor of(Contraction op, List<Tensor> inputs, long[] shape) {
    return switch (op) {
      case Contraction.MatMul _ -> product(inputs.get(0), inputs.get(1), shape);
      case Contraction.Linear _ -> linear(inputs, shape);
    };
  }

  private static Tensor linear(List<Tensor> inputs, long[] shape) {
    double[] x = values(inputs.get(0));
    Tensor weight = inputs.get(1);
    int n = Math.toIntExact(weight.size(0));
    int k = Math.toIntExact(weight.size(1));
    double[] w = values(weight.transpose(0, 1));
    double[] out = new double[Math.toIntExact(Layout.contiguous(shape).elements())];
    multiply(n == 0 ? 0 : out.length / n, n, k, x, 0, w, 0, out, 0);
    if (inputs.size() == 3) {
      double[] bias = values(inputs.get(2));
      for (int i = 0; i < out.length; i++) {
        out[i] += bias[i % n];
      }
    }
    return Host.tensor(out, DType.F64, shape);
  }

  private static Tensor product(Tensor a, Tensor b, long[] shape) {
    int rank = shape.length;
    int m = Math.toIntExact(shape[rank - 2]);
    int n = Math.toIntExact(shape[rank - 1]);
    int k = Math.toIntExact(a.size(-1));
    double[] left = values(Products.batches(a, shape, m, k));
    double[] right = values(Products.batches(b, shape, k, n));
    double[] out = new double[Math.toIntExact(Layout.contiguous(shape).elements())];
    for (int i = 0; m * n > 0 && i < out.length / (m * n); i++) {
      Stop.poll("matmul");
      multiply(m, n, k, left, i * m * k, right, i * k * n, out, i * m * n);
    }
    return Host.tensor(out, DType.F64, shape);
  }

  private static double[] values(Tensor x) {
    return Host.doubles(x.type() instanceof DType ? x : x.dequantize());
  }

  /// c `[m, n]` += a `[m, k]` times b `[k, n]`, all dense.
  static void multiply(
      int m, int n, int k, double[] a, int aAt, double[] b, int bAt, double[] c, int cAt) {
    int rows = (int) Math.max(1, CHUNK / Math.max(1, (long) n * k));
    Parallel.ranges(
        m,
        rows,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            for (int p = 0; p < k; p++) {
              addRow(a[aAt + i * k + p], b, bAt + p * n, c, cAt + i * n, n);
            }
          }
        });
  }

  private static void addRow(double factor, double[] b, int bAt, double[] c, int cAt, int n) {
    for (int j = 0; j < n; j++) {
      c[cAt + j] = Math.fma(factor, b[bAt + j], c[cAt + j]);
    }
  }
}
