package maia.numerics;

import maia.base.Stop;

/// Matrix product for so few rows (or, transposed, columns) that the time goes into reading `b`
/// once: no packing.
final class ThinProduct {
  /// Rows up to which reading costs more than arithmetic.
  static final int ROWS = 3;

  private static final int CHAINS = 8;
  private static final int STRETCH = 1024;

  private ThinProduct() {}

  /// `c += a * b`; any strides.
  static void run(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
    for (int i = 0; i < m; i++) {
      Stop.poll("matmul");
      if (b.column() == 1 && c.column() == 1) {
        alongRows(n, k, a.from(i, 0), b, c.from(i, 0));
      } else {
        alongColumns(n, k, a.from(i, 0), b, c.from(i, 0));
      }
    }
  }

  private static void alongRows(int n, int k, Matrix a, Matrix b, Matrix c) {
    for (int j = 0; j < n; j += STRETCH) {
      int columns = Math.min(STRETCH, n - j);
      for (int p = 0; p < k; p++) {
        float x = a.x()[a.at() + p * a.column()];
        axpy(columns, x, b.x(), b.at() + p * b.row() + j, c.x(), c.at() + j);
      }
    }
  }

  private static void axpy(int n, float x, float[] b, int from, float[] c, int to) {
    for (int j = 0; j < n; j++) {
      c[to + j] = Math.fma(x, b[from + j], c[to + j]);
    }
  }

  private static void alongColumns(int n, int k, Matrix a, Matrix b, Matrix c) {
    int j = 0;
    for (; j + CHAINS <= n; j += CHAINS) {
      eight(k, a, b, b.at() + j * b.column(), c.x(), c.at() + j * c.column(), c.column());
    }
    for (; j < n; j++) {
      int to = c.at() + j * c.column();
      float sum = c.x()[to];
      int at = b.at() + j * b.column();
      for (int p = 0; p < k; p++) {
        sum = Math.fma(a.x()[a.at() + p * a.column()], b.x()[at + p * b.row()], sum);
      }
      c.x()[to] = sum;
    }
  }

  /// Eight independent chains hide the latency of the multiply-add.
  private static void eight(int k, Matrix left, Matrix right, int at, float[] c, int to, int next) {
    float[] a = left.x();
    float[] b = right.x();
    int step = right.column();
    float s0 = c[to];
    float s1 = c[to + next];
    float s2 = c[to + 2 * next];
    float s3 = c[to + 3 * next];
    float s4 = c[to + 4 * next];
    float s5 = c[to + 5 * next];
    float s6 = c[to + 6 * next];
    float s7 = c[to + 7 * next];
    int q = at;
    for (int p = 0, r = left.at(); p < k; p++, r += left.column(), q += right.row()) {
      float x = a[r];
      s0 = Math.fma(x, b[q], s0);
      s1 = Math.fma(x, b[q + step], s1);
      s2 = Math.fma(x, b[q + 2 * step], s2);
      s3 = Math.fma(x, b[q + 3 * step], s3);
      s4 = Math.fma(x, b[q + 4 * step], s4);
      s5 = Math.fma(x, b[q + 5 * step], s5);
      s6 = Math.fma(x, b[q + 6 * step], s6);
      s7 = Math.fma(x, b[q + 7 * step], s7);
    }
    c[to] = s0;
    c[to + next] = s1;
    c[to + 2 * next] = s2;
    c[to + 3 * next] = s3;
    c[to + 4 * next] = s4;
    c[to + 5 * next] = s5;
    c[to + 6 * next] = s6;
    c[to + 7 * next] = s7;
  }
}
