package maia.numerics;

import java.lang.foreign.MemorySegment;
import maia.base.Stop;

/// Product of a few rows with a matrix that lies in [Panels]: it streams through them once. The
/// first row goes alone, through several panels at once, as fast as memory can be read; the others
/// follow while the caches hold what it has read. Every output is one ascending chain.
final class PanelProduct {
  /// Rows up to which the time goes into reading the panels.
  static final int ROWS = 16;

  /// Steps of k after which the next rows take over: their panels take an eighth of the second
  /// cache.
  private static final int DEPTH = 512;

  private PanelProduct() {}

  /// Whether this is the way for `m` rows of `k` elements, which one array holds.
  static boolean suits(int m, int k) {
    return m <= ROWS && (long) Math.max(m, Panels.ROWS) * k <= Scratch.MOST;
  }

  /// `c += a * b`, with contiguous rows in `c`, which is fp32.
  static void run(
      Tile tile, int m, int n, int k, Operand a, float[] panels, Operand c, boolean parallel) {
    float[] left = Scratch.floats(Scratch.Slot.LEFT, m * k);
    pack(m, k, a, left);
    int width = Panels.GROUP * tile.columns();
    int groups = Math.ceilDiv(n, width);
    int each = parallel ? Math.max(1, groups / (8 * Workers.threads())) : groups;
    int parts = Math.ceilDiv(groups, each);
    if (parts <= 1) {
      columns(tile, m, 0, n, k, left, panels, c);
      return;
    }
    Workers.run(
        parts,
        "matmul",
        i -> {
          int end = Math.min(n, (i + 1) * each * width);
          columns(tile, m, i * each * width, end, k, left, panels, c);
        });
  }

  /// The rows of a pass side by side, passes one after another.
  private static void pack(int m, int k, Operand a, float[] to) {
    if (m == 1) {
      a.read(0, 0, k, to, 0);
      return;
    }
    float[] rows = Scratch.floats(Scratch.Slot.ROWS, Panels.ROWS * k);
    for (int i = 0, pass = 0; i < m; pass++) {
      int count = rows(m, pass);
      for (int r = 0; r < count; r++) {
        a.read(i + r, 0, k, rows, r * k);
      }
      Interleave.rows(rows, count, k, count, to, i * k);
      i += count;
    }
  }

  /// Rows of pass number `pass`: one, then as equal as can be.
  private static int rows(int m, int pass) {
    if (pass == 0) {
      return 1;
    }
    int others = m - 1;
    int passes = Math.ceilDiv(others, Panels.ROWS);
    return others / passes + (pass <= others % passes ? 1 : 0);
  }

  private static void columns(
      Tile tile, int m, int first, int end, int k, float[] left, float[] panels, Operand c) {
    int width = Panels.GROUP * tile.columns();
    float[] sums = Scratch.floats(Scratch.Slot.EDGE, m * width);
    for (int j = first; j < end; j += width) {
      Stop.poll("matmul");
      int count = Math.min(width, end - j);
      for (int i = 0; i < m; i++) {
        c.read(i, j, count, sums, i * width);
      }
      group(tile, m, k, left, panels, j, sums);
      for (int i = 0; i < m; i++) {
        long at = 4 * (c.at() + i * c.row() + j);
        MemorySegment.copy(sums, i * width, c.x(), Packed.FLOAT, at, count);
      }
    }
  }

  private static void group(
      Tile tile, int m, int k, float[] left, float[] panels, int j, float[] sums) {
    int columns = tile.columns();
    int width = Panels.GROUP * columns;
    int step = columns * k;
    int most = m == 1 ? k : DEPTH;
    for (int p = 0; p < k; p += most) {
      int depth = Math.min(most, k - p);
      int at = Panels.at(j, p, k, columns);
      for (int i = 0, pass = 0; i < m; pass++) {
        int rows = rows(m, pass);
        int from = i * k + p * rows;
        tile.panels(rows, depth, left, from, panels, at, step, sums, i * width, width);
        i += rows;
      }
    }
  }
}
