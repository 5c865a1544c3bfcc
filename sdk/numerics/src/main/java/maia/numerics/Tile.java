package maia.numerics;

/// The innermost step of a packed matrix product on one register tile.
interface Tile {
  /// Rows of a tile.
  int rows();

  /// Columns of a tile.
  int columns();

  /// For each p from 0 to `depth` in order: `c[i, j] = fma(a[p * rows + i], b[p * columns + j],
  /// c[i, j])` with `a` and `b` packed and starting at `aAt`, `bAt`; `c` has contiguous rows `cRow`
  /// apart.
  void multiplyAdd(int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cRow);

  /// Copies `depth` rows of one tile's columns, `step` apart, to a panel.
  void copyColumns(float[] from, int at, int step, int depth, float[] to, int toAt);
}
