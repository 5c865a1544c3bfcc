package maia.tensor.nn;

import maia.base.Stop;
import maia.numerics.Philox;

/// Random orthonormal vectors by Gram and Schmidt's method in fp64, each vector freed twice of
/// those before it, in a fixed order.
final class Orthogonal {
  private Orthogonal() {}

  /// `rows` x `columns` values in row order: orthonormal rows if they are no more than the columns,
  /// else orthonormal columns; times `gain`.
  static float[] matrix(double gain, long seed, int rows, int columns) {
    int count = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    double[][] vectors = new double[count][length];
    for (int v = 0; v < count; v++) {
      Stop.poll("orthogonal");
      for (int i = 0; i < length; i++) {
        vectors[v][i] = Philox.normal(seed, (long) v * length + i);
      }
      free(vectors, v);
      free(vectors, v);
      scale(vectors[v], 1 / Math.sqrt(dot(vectors[v], vectors[v])));
    }
    float[] values = new float[rows * columns];
    for (int v = 0; v < count; v++) {
      for (int i = 0; i < length; i++) {
        int at = rows <= columns ? v * columns + i : i * columns + v;
        values[at] = (float) (gain * vectors[v][i]);
      }
    }
    return values;
  }

  private static void free(double[][] vectors, int v) {
    for (int other = 0; other < v; other++) {
      double along = dot(vectors[v], vectors[other]);
      for (int i = 0; i < vectors[v].length; i++) {
        vectors[v][i] -= along * vectors[other][i];
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum = Math.fma(a[i], b[i], sum);
    }
    return sum;
  }

  private static void scale(double[] a, double factor) {
    for (int i = 0; i < a.length; i++) {
      a[i] *= factor;
    }
  }
}
