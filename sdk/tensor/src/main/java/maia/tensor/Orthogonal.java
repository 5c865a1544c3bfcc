package maia.tensor;

import java.util.Arrays;
import java.util.stream.IntStream;
import maia.base.Stop;

/// Orthogonal decompositions of one matrix in row order, in fp64 and a fixed order of steps:
/// Householder reflections for QR, Jacobi rotations for singular values and eigenvalues.
final class Orthogonal {
  /// Rotations end when every angle is below this.
  private static final double SMALL = 1e-15;

  /// Sweeps over all pairs; a handful are needed.
  private static final int SWEEPS = 60;

  private Orthogonal() {}

  /// Q above R, for m at least n. The diagonal of R has the signs that LAPACK gives it.
  static double[] qr(double[] a, int m, int n) {
    double[] q = new double[m * m];
    for (int i = 0; i < m; i++) {
      q[i * m + i] = 1;
    }
    for (int k = 0; k < n; k++) {
      reflect(a, m, n, k, q);
    }
    double[] out = new double[(m + n) * n];
    for (int i = 0; i < m; i++) {
      System.arraycopy(q, i * m, out, i * n, n);
    }
    for (int i = 0; i < n; i++) {
      for (int j = i; j < n; j++) {
        out[(m + i) * n + j] = a[i * n + j];
      }
    }
    return out;
  }

  /// Makes column `k` of `a` zero below the diagonal.
  private static void reflect(double[] a, int m, int n, int k, double[] q) {
    double rest = 0;
    for (int i = k + 1; i < m; i++) {
      rest = Math.fma(a[i * n + k], a[i * n + k], rest);
    }
    if (rest == 0) {
      return;
    }
    double top = a[k * n + k];
    double length = Math.sqrt(Math.fma(top, top, rest));
    double beta = top > 0 ? -length : length;
    double[] v = new double[m];
    v[k] = top - beta;
    for (int i = k + 1; i < m; i++) {
      v[i] = a[i * n + k];
    }
    double scale = 2 / Math.fma(v[k], v[k], rest);
    for (int j = k; j < n; j++) {
      double dot = 0;
      for (int i = k; i < m; i++) {
        dot = Math.fma(v[i], a[i * n + j], dot);
      }
      for (int i = k; i < m; i++) {
        a[i * n + j] = Math.fma(-scale * dot, v[i], a[i * n + j]);
      }
    }
    for (int i = 0; i < m; i++) {
      double dot = 0;
      for (int j = k; j < m; j++) {
        dot = Math.fma(q[i * m + j], v[j], dot);
      }
      for (int j = k; j < m; j++) {
        q[i * m + j] = Math.fma(-scale * dot, v[j], q[i * m + j]);
      }
    }
  }

  /// Eigenvalues, ascending, above eigenvectors; the lower triangle is read.
  static double[] eigh(double[] a, int n) {
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        a[i * n + j] = a[j * n + i];
      }
    }
    double[] v = new double[n * n];
    for (int i = 0; i < n; i++) {
      v[i * n + i] = 1;
    }
    for (int sweep = 0; sweep < SWEEPS && offDiagonal(a, n); sweep++) {
      Stop.poll("eigh");
      for (int p = 0; p < n; p++) {
        for (int r = p + 1; r < n; r++) {
          rotate(a, n, p, r, v);
        }
      }
    }
    double[] w = new double[n];
    for (int i = 0; i < n; i++) {
      w[i] = a[i * n + i];
    }
    int[] order = order(w, 1);
    double[] out = new double[(n + 1) * n];
    for (int j = 0; j < n; j++) {
      out[j] = w[order[j]];
      for (int i = 0; i < n; i++) {
        out[(i + 1) * n + j] = v[i * n + order[j]];
      }
    }
    return out;
  }

  private static int[] order(double[] w, int sign) {
    return IntStream.range(0, w.length)
        .boxed()
        .sorted((i, j) -> sign * Double.compare(w[i], w[j]))
        .mapToInt(i -> i)
        .toArray();
  }

  private static boolean offDiagonal(double[] a, int n) {
    double off = 0;
    double all = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double square = a[i * n + j] * a[i * n + j];
        all += square;
        off += i == j ? 0 : square;
      }
    }
    return off > SMALL * SMALL * all;
  }

  /// The tangent of the angle that makes a symmetric pair diagonal (Golub and Van Loan, 8.5.2).
  private static double tangent(double p, double r, double mixed) {
    double tau = (r - p) / (2 * mixed);
    double t = 1 / (Math.abs(tau) + Math.sqrt(Math.fma(tau, tau, 1)));
    return tau < 0 ? -t : t;
  }

  private static void rotate(double[] a, int n, int p, int r, double[] v) {
    double mixed = a[p * n + r];
    if (mixed == 0) {
      return;
    }
    double t = tangent(a[p * n + p], a[r * n + r], mixed);
    double c = 1 / Math.sqrt(Math.fma(t, t, 1));
    double s = t * c;
    for (int k = 0; k < n; k++) {
      turn(a, k * n + p, k * n + r, c, s);
    }
    for (int k = 0; k < n; k++) {
      turn(a, p * n + k, r * n + k, c, s);
      turn(v, k * n + p, k * n + r, c, s);
    }
    a[p * n + r] = 0;
    a[r * n + p] = 0;
  }

  private static void turn(double[] x, int i, int j, double c, double s) {
    double a = x[i];
    double b = x[j];
    x[i] = c * a - s * b;
    x[j] = s * a + c * b;
  }

  /// U, then singular values (descending), then V, for m at least n: columns are turned until all
  /// are at right angles (Hestenes).
  static double[] svd(double[] a, int m, int n) {
    double[] v = new double[n * n];
    for (int i = 0; i < n; i++) {
      v[i * n + i] = 1;
    }
    boolean turned = true;
    for (int sweep = 0; sweep < SWEEPS && turned; sweep++) {
      Stop.poll("svd");
      turned = false;
      for (int p = 0; p < n; p++) {
        for (int r = p + 1; r < n; r++) {
          turned |= turnColumns(a, m, n, p, r, v);
        }
      }
    }
    double[] s = new double[n];
    for (int j = 0; j < n; j++) {
      s[j] = Math.sqrt(dot(a, m, n, j, j));
    }
    int[] order = order(s, -1);
    double[] out = new double[(m + 1 + n) * n];
    double floor = n == 0 ? 0 : s[order[0]] * SMALL;
    for (int j = 0; j < n; j++) {
      boolean zero = s[order[j]] <= floor;
      out[m * n + j] = s[order[j]];
      for (int i = 0; i < m && !zero; i++) {
        out[i * n + j] = a[i * n + order[j]] / s[order[j]];
      }
      for (int i = 0; i < n; i++) {
        out[(m + 1 + i) * n + j] = v[i * n + order[j]];
      }
      if (zero) {
        complete(out, m, n, j);
      }
    }
    return out;
  }

  private static double dot(double[] a, int m, int n, int p, int r) {
    double sum = 0;
    for (int i = 0; i < m; i++) {
      sum = Math.fma(a[i * n + p], a[i * n + r], sum);
    }
    return sum;
  }

  private static boolean turnColumns(double[] a, int m, int n, int p, int r, double[] v) {
    double pp = dot(a, m, n, p, p);
    double rr = dot(a, m, n, r, r);
    double mixed = dot(a, m, n, p, r);
    if (Math.abs(mixed) <= SMALL * Math.sqrt(pp * rr)) {
      return false;
    }
    double t = tangent(pp, rr, mixed);
    double c = 1 / Math.sqrt(Math.fma(t, t, 1));
    for (int i = 0; i < m; i++) {
      turn(a, i * n + p, i * n + r, c, t * c);
    }
    for (int i = 0; i < n; i++) {
      turn(v, i * n + p, i * n + r, c, t * c);
    }
    return true;
  }

  /// Column `j` of U as a unit vector at right angles to those before it.
  private static void complete(double[] u, int m, int n, int j) {
    double[] best = new double[m];
    double longest = -1;
    for (int e = 0; e < m; e++) {
      double[] x = new double[m];
      x[e] = 1;
      for (int pass = 0; pass < 2; pass++) { // the second pass removes what rounding left
        for (int k = 0; k < j; k++) {
          double along = 0;
          for (int i = 0; i < m; i++) {
            along = Math.fma(x[i], u[i * n + k], along);
          }
          for (int i = 0; i < m; i++) {
            x[i] = Math.fma(-along, u[i * n + k], x[i]);
          }
        }
      }
      double length = Math.sqrt(Arrays.stream(x).map(y -> y * y).reduce(0, Double::sum));
      if (length > longest) {
        longest = length;
        best = x;
      }
    }
    for (int i = 0; i < m; i++) {
      u[i * n + j] = best[i] / longest;
    }
  }
}
