package maia.tensor;

import maia.numerics.Dmath;
import maia.tensor.TensorLinalg.Triangle;

/// Elimination on one matrix in row order, in fp64.
final class Elimination {
  private Elimination() {}

  /// The factors of a matrix with exchanged rows, in one matrix.
  ///
  /// @param values L below the diagonal, whose diagonal is 1, and U
  /// @param rows which row of the matrix each row was
  /// @param exchanges 1 for an even number of them, -1 for an odd one
  record Lu(double[] values, int[] rows, int exchanges) {
    double determinant() {
      double product = exchanges;
      for (int i = 0; i < rows.length; i++) {
        product *= values[i * rows.length + i];
      }
      return product;
    }

    double sign() {
      double sign = exchanges;
      for (int i = 0; i < rows.length; i++) {
        sign *= Math.signum(values[i * rows.length + i]);
      }
      return sign;
    }

    double logMagnitude() {
      double sum = 0;
      for (int i = 0; i < rows.length; i++) {
        sum += Dmath.log(Math.abs(values[i * rows.length + i]));
      }
      return sum;
    }
  }

  /// With the largest element of each column as pivot; a singular matrix leaves a pivot of 0.
  static Lu lu(double[] a, int n) {
    int[] rows = new int[n];
    int sign = 1;
    for (int i = 0; i < n; i++) {
      rows[i] = i;
    }
    for (int k = 0; k < n; k++) {
      int pivot = k;
      for (int i = k + 1; i < n; i++) {
        pivot = Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k]) ? i : pivot;
      }
      if (pivot != k) {
        swap(a, n, rows, pivot, k);
        sign = -sign;
      }
      eliminate(a, n, k);
    }
    return new Lu(a, rows, sign);
  }

  private static void eliminate(double[] a, int n, int k) {
    double pivot = a[k * n + k];
    for (int i = k + 1; i < n && pivot != 0; i++) {
      double factor = a[i * n + k] / pivot;
      a[i * n + k] = factor;
      for (int j = k + 1; j < n; j++) {
        a[i * n + j] = Math.fma(-factor, a[k * n + j], a[i * n + j]);
      }
    }
  }

  private static void swap(double[] a, int n, int[] rows, int i, int k) {
    for (int j = 0; j < n; j++) {
      double value = a[i * n + j];
      a[i * n + j] = a[k * n + j];
      a[k * n + j] = value;
    }
    int row = rows[i];
    rows[i] = rows[k];
    rows[k] = row;
  }

  static double[] solve(double[] a, int n, double[] b, int index) {
    Lu lu = lu(a, n);
    int columns = b.length / n;
    double[] x = new double[b.length];
    for (int i = 0; i < n; i++) {
      if (lu.values()[i * n + i] == 0) {
        throw TensorException.of(
            "solve: matrix %d of the batch is singular: pivot %d of %d is 0; use pinv, or add a small"
                + " diagonal",
            index, i, n);
      }
      System.arraycopy(b, lu.rows()[i] * columns, x, i * columns, columns);
    }
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        subtract(x, columns, i, k, lu.values()[i * n + k]);
      }
    }
    back(lu.values(), n, x, columns);
    return x;
  }

  private static void back(double[] u, int n, double[] x, int columns) {
    for (int i = n - 1; i >= 0; i--) {
      for (int k = n - 1; k > i; k--) {
        subtract(x, columns, i, k, u[i * n + k]);
      }
      divide(x, columns, i, u[i * n + i]);
    }
  }

  private static void subtract(double[] x, int columns, int row, int from, double factor) {
    for (int c = 0; c < columns; c++) {
      x[row * columns + c] = Math.fma(-factor, x[from * columns + c], x[row * columns + c]);
    }
  }

  private static void divide(double[] x, int columns, int row, double by) {
    for (int c = 0; c < columns; c++) {
      x[row * columns + c] /= by;
    }
  }

  static double[] triangular(double[] a, int n, double[] b, Triangle triangle, int index) {
    int columns = b.length / n;
    for (int i = 0; i < n; i++) {
      if (a[i * n + i] == 0) {
        throw TensorException.of(
            "triangularSolve: matrix %d of the batch is singular: element %d of its diagonal is 0",
            index, i);
      }
    }
    if (triangle == Triangle.UPPER) {
      back(a, n, b, columns);
      return b;
    }
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        subtract(b, columns, i, k, a[i * n + k]);
      }
      divide(b, columns, i, a[i * n + i]);
    }
    return b;
  }

  static double[] cholesky(double[] a, int n, int index) {
    double[] l = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i * n + j];
        for (int k = 0; k < j; k++) {
          sum = Math.fma(-l[i * n + k], l[j * n + k], sum);
        }
        if (i == j && !(sum > 0)) {
          throw TensorException.of(
              "cholesky: matrix %d of the batch is not positive definite: its leading minor of order"
                  + " %d is not positive",
              index, i + 1);
        }
        l[i * n + j] = i == j ? Math.sqrt(sum) : sum / l[j * n + j];
      }
    }
    return l;
  }
}
