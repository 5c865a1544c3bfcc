package maia.numerics;

import java.util.Objects;
import maia.base.Check;
import maia.base.Stop;

/// Matrix products in fp32 with one fused multiply-add chain per output, in ascending k, starting
/// from the value already in `c`. The bits depend on nothing else.
public final class MatMul {
  private MatMul() {}

  /// `c[i, j] = fma(a[i, k-1], b[k-1, j], ... fma(a[i, 0], b[0, j], c[i, j]))`.
  ///
  /// Element (i, k) of `a` is `a[aAt + i * aRow + k * aCol]`, likewise `b` (k, j); rows of `c` are
  /// contiguous. `c` must not share elements with the inputs.
  public static void multiplyAdd(
      int m,
      int n,
      int k,
      float[] a,
      int aAt,
      int aRow,
      int aCol,
      float[] b,
      int bAt,
      int bRow,
      int bCol,
      float[] c,
      int cAt,
      int cRow) {
    check(m, n, k, a, aAt, aRow, aCol, b, bAt, bRow, bCol, c, cAt, cRow);
    for (int i = 0; i < m; i++) {
      Stop.poll("matmul");
      int row = cAt + i * cRow;
      for (int p = 0; p < k; p++) {
        float x = a[aAt + i * aRow + p * aCol];
        int from = bAt + p * bRow;
        if (bCol == 1) {
          for (int j = 0; j < n; j++) {
            c[row + j] = Math.fma(x, b[from + j], c[row + j]);
          }
        } else {
          for (int j = 0; j < n; j++) {
            c[row + j] = Math.fma(x, b[from + j * bCol], c[row + j]);
          }
        }
      }
    }
  }

  private static void check(
      int m,
      int n,
      int k,
      float[] a,
      int aAt,
      int aRow,
      int aCol,
      float[] b,
      int bAt,
      int bRow,
      int bCol,
      float[] c,
      int cAt,
      int cRow) {
    Check.argument(
        m >= 0 && n >= 0 && k >= 0, "matmul: sizes must not be negative, were %dx%dx%d", m, n, k);
    if (m == 0 || n == 0) {
      return;
    }
    inside("c", c, cAt, m, cRow, n, 1);
    if (k > 0) {
      inside("a", a, aAt, m, aRow, k, aCol);
      inside("b", b, bAt, k, bRow, n, bCol);
    }
  }

  private static void inside(
      String name, float[] x, int at, int rows, int row, int columns, int column) {
    long down = (rows - 1L) * row;
    long across = (columns - 1L) * column;
    long low = at + Math.min(down, 0) + Math.min(across, 0);
    long high = at + Math.max(down, 0) + Math.max(across, 0);
    if (low < 0 || high >= x.length) {
      throw new IndexOutOfBoundsException(
          "matmul: %s covers elements %d to %d of an array of %d"
              .formatted(name, low, high, x.length));
    }
    Objects.requireNonNull(x);
  }
}
