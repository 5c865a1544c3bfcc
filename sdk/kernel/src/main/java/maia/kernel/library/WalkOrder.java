package maia.kernel.library;

/// The order in which the compiler walks the superblocks of a grid, and which cluster takes which:
/// in turn, in columns as high as there are clusters, or, where blocks are kept, as neighbours
/// along the rows or columns.
///
/// @param rows superblocks along the rows of the result
/// @param columns superblocks along its columns
/// @param clusters clusters of the chip
/// @param kept the dimension whose blocks are kept, 0 or 1, or -1
record WalkOrder(int rows, int columns, int clusters, int kept) {
  /// The first superblock of a cluster.
  int first(int cluster) {
    return kept < 0 ? cluster : (int) ((long) cluster * count() / clusters);
  }

  /// The end of the superblocks of a cluster, which are [#step] apart.
  int end(int cluster) {
    return kept < 0 ? count() : first(cluster + 1);
  }

  int step() {
    return kept < 0 ? clusters : 1;
  }

  private int count() {
    return rows * columns;
  }

  /// Whether a superblock needs all of its blocks loaded.
  boolean isFresh(int s, int cluster) {
    return kept < 0 || s == first(cluster) || s % along() == 0;
  }

  private int along() {
    return kept == 0 ? columns : rows;
  }

  int row(int s) {
    if (kept >= 0) {
      return kept == 0 ? s / columns : s % rows;
    }
    int first = s / (columns * clusters) * clusters;
    int height = Math.min(rows - first, clusters);
    int inside = s % (columns * clusters);
    return first + (inside + inside / height) % height;
  }

  int column(int s) {
    if (kept >= 0) {
      return kept == 0 ? s % columns : s / rows;
    }
    int first = s / (columns * clusters) * clusters;
    return s % (columns * clusters) / Math.min(rows - first, clusters);
  }
}
