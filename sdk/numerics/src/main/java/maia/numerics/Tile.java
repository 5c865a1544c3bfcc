package maia.numerics;

import java.lang.foreign.MemorySegment;

/// The innermost step of a packed matrix product on one register tile.
interface Tile {
  /// Rows of a tile.
  int rows();

  /// Columns of a tile.
  int columns();

  /// Elements of `a` that a block holds, so that the second cache keeps them beside panels of `b`.
  int block();

  /// For each p from 0 to `depth` in order: `c[i, j] = fma(a[p * rows + i], b[p * columns + j],
  /// c[i, j])` with `a` and `b` packed and starting at `aAt`, `bAt`; for as many `tiles` one below
  /// the other, whose panels of `a` follow each other. `c` is memory ([Direct]), whose place and
  /// step between rows are bytes; where it is `fresh` it counts as 0.
  void multiplyAdd(
      int tiles,
      int depth,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      boolean fresh,
      MemorySegment c,
      long cAt,
      long cRow);

  /// The same with rows of `a` as they lie, element (i, p) being `a[aAt + i * aRow + p]`, and sums
  /// in an array, whose contiguous rows lie `cRow` apart.
  void multiplyAddRows(
      int depth, float[] a, int aAt, int aRow, float[] b, int bAt, float[] c, int cAt, int cRow);

  /// Copies `depth` rows, `step` apart, of the columns of `panels` tiles to as many panels, which
  /// begin `panelStep` after each other.
  void copyColumns(
      float[] from, int at, int step, int depth, float[] to, int toAt, int panels, int panelStep);

  /// The same from rows of fp32 in memory ([Direct]), `step` bytes apart from place `at` on.
  void readColumns(
      MemorySegment from,
      long at,
      long step,
      int depth,
      float[] to,
      int toAt,
      int panels,
      int panelStep);

  /// Writes rows of an array, `step` apart, to memory ([Direct]), `toStep` bytes apart from place
  /// `toAt` on. `columns` is a multiple of 16.
  void write(
      float[] from,
      int at,
      int step,
      int rows,
      int columns,
      MemorySegment to,
      long toAt,
      long toStep);

  /// Whether all of `count` elements, a multiple of [#columns], are finite.
  boolean areFinite(float[] x, int at, int count);

  /// Whether [#read] is there.
  boolean reads();

  /// [#interleave] of the rows of a tile in memory ([Direct]), `step` bytes apart from place `at`
  /// on; writes nothing beyond the panel.
  void read(MemorySegment from, long at, long step, int depth, float[] to, int toAt);

  /// See [Interleave#rows]; up to 8 elements behind the panel may be overwritten, so panels are
  /// written in ascending order. Vectors do it where `height` is that of the tile or a multiple of
  /// 16.
  void interleave(float[] rows, int count, int depth, int height, float[] to, int toAt);

  /// Columns of a strip of few rows.
  int stripColumns();

  /// The same step for `rows` rows, one or two, of a strip: row i of `a` begins at `aAt + i * aRow`
  /// and runs along p, `b` is packed from element 0 on, the sums of the rows follow each other in
  /// `c`.
  void strip(int rows, int depth, float[] a, int aAt, int aRow, float[] b, float[] c, int cAt);

  /// The same step for `rows` rows, one to four, and four panels of `columns` columns: element (p,
  /// i) of `a` is `a[aAt + p * rows + i]`, the panels begin at `bAt` and `bStep` after each other,
  /// the sums of a row are contiguous and rows of sums `cRow` apart.
  void panels(
      int rows,
      int depth,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int bStep,
      float[] c,
      int cAt,
      int cRow);
}
