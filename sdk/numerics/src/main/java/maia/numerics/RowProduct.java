package maia.numerics;

import maia.base.Stop;

/// Matrix product row by row in plain loops that the compiler can vectorise: all rows in arrays of
/// their own that begin at 0, four steps of k per pass, innermost first, so the order is still
/// ascending.
final class RowProduct {
  private static final int COLUMNS = 1024;
  private static final int DEPTH = 64;

  private RowProduct() {}

  /// `c += a * b`; rows of `c` are contiguous.
  static void run(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
    int width = Math.min(n, COLUMNS);
    float[] sum = new float[width];
    float[][] rows = new float[Math.min(k, DEPTH)][width];
    for (int j = 0; j < n; j += width) {
      for (int p = 0; p < k; p += DEPTH) {
        Stop.poll("matmul");
        int depth = Math.min(DEPTH, k - p);
        int columns = Math.min(width, n - j);
        copy(b.from(p, j), depth, columns, rows);
        block(m, columns, depth, a.from(0, p), rows, c.from(0, j), sum);
      }
    }
  }

  private static void copy(Matrix from, int depth, int columns, float[][] rows) {
    for (int p = 0; p < depth; p++) {
      int at = from.at() + p * from.row();
      if (from.column() == 1) {
        System.arraycopy(from.x(), at, rows[p], 0, columns);
      } else {
        copyStrided(from.x(), at, from.column(), columns, rows[p]);
      }
    }
  }

  private static void copyStrided(float[] from, int at, int step, int count, float[] to) {
    for (int j = 0; j < count; j++) {
      to[j] = from[at + j * step];
    }
  }

  private static void block(int m, int n, int k, Matrix a, float[][] b, Matrix c, float[] sum) {
    for (int i = 0; i < m; i++) {
      int at = a.at() + i * a.row();
      int to = c.at() + i * c.row();
      System.arraycopy(c.x(), to, sum, 0, n);
      row(n, k, a.x(), at, a.column(), b, sum);
      System.arraycopy(sum, 0, c.x(), to, n);
    }
  }

  private static void row(int n, int k, float[] a, int at, int step, float[][] b, float[] sum) {
    int p = 0;
    for (; p + 4 <= k; p += 4) {
      four(n, a, at + p * step, step, b[p], b[p + 1], b[p + 2], b[p + 3], sum);
    }
    for (; p < k; p++) {
      one(n, a[at + p * step], b[p], sum);
    }
  }

  private static void one(int n, float x, float[] b, float[] sum) {
    for (int j = 0; j < n; j++) {
      sum[j] = Math.fma(x, b[j], sum[j]);
    }
  }

  private static void four(
      int n,
      float[] a,
      int at,
      int step,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float[] sum) {
    float x0 = a[at];
    float x1 = a[at + step];
    float x2 = a[at + 2 * step];
    float x3 = a[at + 3 * step];
    for (int j = 0; j < n; j++) {
      float first = Math.fma(x1, b1[j], Math.fma(x0, b0[j], sum[j]));
      sum[j] = Math.fma(x3, b3[j], Math.fma(x2, b2[j], first));
    }
  }
}
