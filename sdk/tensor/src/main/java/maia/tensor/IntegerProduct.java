package maia.tensor;

import java.util.List;
import maia.numerics.DType;

/// Products of integers. Sums wrap, so only the low bits of operands reach the low bits of a
/// result: those of up to 32 bits are computed in `int`, I64 in `long`. The order of additions does
/// not show.
///
/// Rows of the left operand meet columns of the right one that lie as rows: C2 makes vector loops
/// of sums over two arrays, not of sums that it writes back beside what it reads.
final class IntegerProduct {
  /// Multiply-adds one thread takes at a time at least.
  private static final long CHUNK = 1 << 16;

  /// Rows that share what is read of the right operand.
  private static final int ROWS = 8;

  /// Elements of the right operand that stay in a cache.
  private static final int NEAR = 1 << 15;

  /// Sides of the squares in which a matrix is turned.
  private static final int SQUARE = 32;

  private IntegerProduct() {}

  static Tensor of(Contraction op, List<Tensor> inputs, long[] shape) {
    Tensor a = Host.here(inputs.get(0));
    int n = Math.toIntExact(shape[shape.length - 1]);
    int k = Math.toIntExact(a.size(-1));
    int rows = n == 0 ? 0 : Host.count(Layout.contiguous(shape).elements()) / n;
    boolean isBatch = op instanceof Contraction.MatMul;
    int m = isBatch ? Math.toIntExact(shape[shape.length - 2]) : rows;
    Sizes sizes = new Sizes(rows, m, n, k);
    long[] left = Host.longs(isBatch ? Products.batches(a, shape, m, k) : a);
    Tensor b = Host.here(inputs.get(1));
    long[] right = isBatch ? columns(b, shape, n, k) : Host.longs(b);
    long[] sums =
        op.outType() == DType.I64
            ? new Longs(sizes, left, right).sums()
            : new Ints(sizes, low(left), low(right)).sums();
    if (inputs.size() == 3) {
      addToRows(sums, Host.longs(inputs.get(2)));
    }
    return Host.wrapped(sums, op.outType(), shape);
  }

  /// The columns of all matrices, each behind the other.
  private static long[] columns(Tensor b, long[] shape, int n, int k) {
    Tensor turned = b.transpose(-1, -2);
    if (turned.isContiguous()) {
      return Host.longs(Products.batches(turned, shape, n, k));
    }
    long[] values = Host.longs(Products.batches(b, shape, k, n));
    long[] columns = new long[values.length];
    for (int at = 0; at < values.length; at += n * k) {
      turn(values, columns, at, k, n);
    }
    return columns;
  }

  /// `to` `[n, k]` becomes the transpose of `from` `[k, n]`, both at `at`, square by square.
  private static void turn(long[] from, long[] to, int at, int k, int n) {
    for (int p = 0; p < k; p += SQUARE) {
      for (int j = 0; j < n; j += SQUARE) {
        for (int column = j; column < Math.min(n, j + SQUARE); column++) {
          for (int term = p; term < Math.min(k, p + SQUARE); term++) {
            to[at + column * k + term] = from[at + term * n + column];
          }
        }
      }
    }
  }

  private static int[] low(long[] values) {
    int[] low = new int[values.length];
    for (int i = 0; i < low.length; i++) {
      low[i] = (int) values[i];
    }
    return low;
  }

  private static void addToRows(long[] sums, long[] bias) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += bias[i % bias.length];
    }
  }

  /// Matrices `[m, k]` times the transposes of `[n, k]`, dense and one behind the other.
  ///
  /// @param rows of all results together
  /// @param m rows of one
  private record Sizes(int rows, int m, int n, int k) {
    /// The sum of the products of `k` elements from `left` and from `right`.
    interface Sum {
      long of(int left, int right);
    }

    /// Every sum, in an order that reads what lies in the caches.
    long[] sums(Sum sum) {
      long[] sums = new long[rows * n];
      int some = (int) Math.max(ROWS, CHUNK / Math.max(1, (long) n * k));
      int columns = Math.max(1, NEAR / Math.max(1, k));
      maia.numerics.Parallel.ranges(
          "matmul",
          rows,
          some,
          (from, to) -> {
            for (int first = 0; first < n; first += columns) {
              for (int row = (int) from; row < to; row++) {
                for (int j = first; j < Math.min(n, first + columns); j++) {
                  sums[row * n + j] = sum.of(row * k, (row / m * n + j) * k);
                }
              }
            }
          });
      return sums;
    }
  }

  /// Sums of the low 32 bits.
  private record Ints(Sizes sizes, int[] a, int[] b) {
    long[] sums() {
      return sizes.sums((left, right) -> sum(a, left, b, right, sizes.k));
    }

    private static int sum(int[] a, int left, int[] b, int right, int k) {
      int sum = 0;
      for (int i = 0; i < k; i++) {
        sum += a[left + i] * b[right + i];
      }
      return sum;
    }
  }

  /// Sums of 64 bits.
  private record Longs(Sizes sizes, long[] a, long[] b) {
    long[] sums() {
      return sizes.sums((left, right) -> sum(a, left, b, right, sizes.k));
    }

    private static long sum(long[] a, int left, long[] b, int right, int k) {
      long sum = 0;
      for (int i = 0; i < k; i++) {
        sum += a[left + i] * b[right + i];
      }
      return sum;
    }
  }
}
