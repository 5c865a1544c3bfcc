package maia.tensor;

import java.util.List;
import maia.numerics.DType;

/// Products of integers. Sums wrap, so only the low bits of operands reach the low bits of a
/// result: those of up to 32 bits are computed in `int`, on vectors, I64 in `long`. The order of
/// additions does not show.
final class IntegerProduct {
  /// Multiply-adds one thread takes at a time at least.
  private static final long CHUNK = 1 << 16;

  /// Rows that share what is read of the right operand.
  private static final int ROWS = 8;

  /// Columns of the result that stay in the first cache.
  private static final int COLUMNS = 1024;

  /// Terms added while a result is in a register.
  private static final int TERMS = 4;

  private IntegerProduct() {}

  static Tensor of(Contraction op, List<Tensor> inputs, long[] shape) {
    Tensor a = Host.here(inputs.get(0));
    Tensor b = Host.here(inputs.get(1));
    int n = Math.toIntExact(shape[shape.length - 1]);
    int k = Math.toIntExact(a.size(-1));
    int rows = n == 0 ? 0 : Host.count(Layout.contiguous(shape).elements()) / n;
    boolean isBatch = op instanceof Contraction.MatMul;
    int m = isBatch ? Math.toIntExact(shape[shape.length - 2]) : rows;
    Tensor left = isBatch ? Products.batches(a, shape, m, k) : a;
    Tensor right = isBatch ? Products.batches(b, shape, k, n) : b.t();
    Sizes sizes = new Sizes(rows, m, n, k);
    long[] sums =
        op.outType() == DType.I64
            ? new Longs(sizes, Host.longs(left), Host.longs(right)).sums()
            : new Ints(sizes, low(Host.longs(left)), low(Host.longs(right))).sums();
    if (inputs.size() == 3) {
      addToRows(sums, Host.longs(inputs.get(2)));
    }
    return Host.wrapped(sums, op.outType(), shape);
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

  /// Matrices `[m, k]` times `[k, n]`, dense and one behind the other.
  ///
  /// @param rows of all results together
  /// @param m rows of one
  private record Sizes(int rows, int m, int n, int k) {
    /// Adds terms `term` to `term + count - 1` of `width` sums of one row, from column `column`.
    interface Step {
      void add(int row, int term, int count, int column, int width);
    }

    /// Every term of every sum, in an order that reads what lies in the caches.
    void each(Step step) {
      int some = (int) Math.max(ROWS, CHUNK / Math.max(1, (long) n * k));
      maia.numerics.Parallel.ranges(
          "matmul",
          rows,
          some,
          (from, to) -> {
            for (int column = 0; column < n; column += COLUMNS) {
              for (int term = 0; term < k; term += TERMS) {
                for (int row = (int) from; row < to; row++) {
                  step.add(
                      row, term, Math.min(TERMS, k - term), column, Math.min(COLUMNS, n - column));
                }
              }
            }
          });
    }

    /// Where term `term` of the right operand of a row lies.
    int right(int row, int term) {
      return (row / m * k + term) * n;
    }
  }

  /// Sums of the low 32 bits.
  private record Ints(Sizes sizes, int[] a, int[] b) {
    long[] sums() {
      int n = sizes.n;
      int[] c = new int[sizes.rows * n];
      sizes.each((row, term, count, column, width) -> {
        int left = row * sizes.k + term;
        int right = sizes.right(row, term) + column;
        int to = row * n + column;
        if (count == TERMS) {
          addFour(left, right, c, to, width);
          return;
        }
        for (int i = 0; i < count; i++) {
          addOne(a[left + i], right + i * n, c, to, width);
        }
      });
      long[] sums = new long[c.length];
      for (int i = 0; i < sums.length; i++) {
        sums[i] = c[i];
      }
      return sums;
    }

    private void addFour(int left, int right, int[] c, int to, int width) {
      int n = sizes.n;
      int x0 = a[left];
      int x1 = a[left + 1];
      int x2 = a[left + 2];
      int x3 = a[left + 3];
      for (int j = 0; j < width; j++) {
        c[to + j] +=
            x0 * b[right + j]
                + x1 * b[right + n + j]
                + x2 * b[right + 2 * n + j]
                + x3 * b[right + 3 * n + j];
      }
    }

    private void addOne(int x, int right, int[] c, int to, int width) {
      for (int j = 0; j < width; j++) {
        c[to + j] += x * b[right + j];
      }
    }
  }

  /// Sums of 64 bits.
  private record Longs(Sizes sizes, long[] a, long[] b) {
    long[] sums() {
      int n = sizes.n;
      long[] c = new long[sizes.rows * n];
      sizes.each((row, term, count, column, width) -> {
        for (int i = 0; i < count; i++) {
          addOne(
              a[row * sizes.k + term + i],
              sizes.right(row, term + i) + column,
              c,
              row * n + column,
              width);
        }
      });
      return c;
    }

    private void addOne(long x, int right, long[] c, int to, int width) {
      for (int j = 0; j < width; j++) {
        c[to + j] += x * b[right + j];
      }
    }
  }
}
