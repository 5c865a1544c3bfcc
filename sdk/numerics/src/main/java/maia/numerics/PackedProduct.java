package maia.numerics;

import maia.base.Stop;

/// Cache-blocked matrix product over packed panels. Blocks of k are visited in ascending order and
/// the partial sums wait in `c`, so every output is one chain whatever the block sizes.
final class PackedProduct {
  private static final int DEPTH = 256;
  private static final int ROWS = 144;
  private static final int COLUMNS = 1024;

  private final Tile tile;
  private final float[] left;
  private final float[] right;
  private final float[] edge;

  PackedProduct(Tile tile, int m, int n, int k) {
    this.tile = tile;
    int depth = Math.min(k, DEPTH);
    this.left = new float[roundUp(Math.min(m, ROWS), tile.rows()) * depth];
    this.right = new float[roundUp(Math.min(n, COLUMNS), tile.columns()) * depth];
    this.edge = new float[tile.rows() * tile.columns()];
  }

  private static int roundUp(int size, int step) {
    return Math.ceilDiv(size, step) * step;
  }

  /// `c += a * b` for the sizes given to the constructor or smaller; rows of `c` are contiguous.
  void run(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
    for (int j = 0; j < n; j += COLUMNS) {
      int columns = Math.min(COLUMNS, n - j);
      for (int p = 0; p < k; p += DEPTH) {
        int depth = Math.min(DEPTH, k - p);
        pack(b.from(p, j).transposed(), columns, depth, tile.columns(), right);
        for (int i = 0; i < m; i += ROWS) {
          Stop.poll("matmul");
          int rows = Math.min(ROWS, m - i);
          pack(a.from(i, p), rows, depth, tile.rows(), left);
          block(rows, columns, depth, c.from(i, j));
        }
      }
    }
  }

  private void block(int rows, int columns, int depth, Matrix c) {
    for (int j = 0; j < columns; j += tile.columns()) {
      for (int i = 0; i < rows; i += tile.rows()) {
        int height = Math.min(tile.rows(), rows - i);
        int width = Math.min(tile.columns(), columns - j);
        int at = c.at() + i * c.row() + j;
        if (height == tile.rows() && width == tile.columns()) {
          tile.multiplyAdd(depth, left, i * depth, right, j * depth, c.x(), at, c.row());
        } else {
          edge(depth, i * depth, j * depth, c.x(), at, c.row(), height, width);
        }
      }
    }
  }

  private void edge(
      int depth, int leftAt, int rightAt, float[] c, int at, int row, int height, int width) {
    int step = tile.columns();
    for (int i = 0; i < height; i++) {
      System.arraycopy(c, at + i * row, edge, i * step, width);
    }
    tile.multiplyAdd(depth, left, leftAt, right, rightAt, edge, 0, step);
    for (int i = 0; i < height; i++) {
      System.arraycopy(edge, i * step, c, at + i * row, width);
    }
  }

  /// Copies `rows` x `depth` elements into panels of `height` rows, a panel's columns one after the
  /// other. What fills up the last panel is never used.
  private void pack(Matrix from, int rows, int depth, int height, float[] to) {
    for (int i = 0; i < rows; i += height) {
      int size = Math.min(height, rows - i);
      int source = from.at() + i * from.row();
      if (from.row() != 1) {
        packRows(from, source, size, depth, height, to, i * depth);
      } else if (size == tile.columns()) {
        tile.copyColumns(from.x(), source, from.column(), depth, to, i * depth);
      } else {
        packColumns(from, source, size, depth, height, to, i * depth);
      }
    }
  }

  private static void packColumns(
      Matrix from, int source, int size, int depth, int height, float[] to, int toAt) {
    for (int p = 0; p < depth; p++) {
      for (int i = 0; i < size; i++) {
        to[toAt + p * height + i] = from.x()[source + p * from.column() + i];
      }
    }
  }

  private static void packRows(
      Matrix from, int source, int size, int depth, int height, float[] to, int toAt) {
    int i = 0;
    for (; i + 4 <= size; i += 4) {
      int at = source + i * from.row();
      packFour(from.x(), at, from.row(), from.column(), depth, to, toAt + i, height);
    }
    for (; i < size; i++) {
      int at = source + i * from.row();
      for (int p = 0; p < depth; p++) {
        to[toAt + i + p * height] = from.x()[at + p * from.column()];
      }
    }
  }

  private static void packFour(
      float[] from, int at, int row, int column, int depth, float[] to, int toAt, int height) {
    int source = at;
    for (int p = 0, target = toAt; p < depth; p++, target += height, source += column) {
      to[target] = from[source];
      to[target + 1] = from[source + row];
      to[target + 2] = from[source + 2 * row];
      to[target + 3] = from[source + 3 * row];
    }
  }
}
