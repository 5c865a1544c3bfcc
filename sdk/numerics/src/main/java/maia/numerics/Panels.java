package maia.numerics;

import java.util.Arrays;
import maia.base.Stop;

/// The layout of packed columns: panels as wide as a register tile, each with all steps of k one
/// after another, in groups of four. What lies beyond the last column is 0.
final class Panels {
  /// Panels in a group.
  static final int GROUP = 4;

  /// Rows that [Tile#panels] takes at most.
  static final int ROWS = 4;

  /// Where panels begin: arrays of this size start a region of the garbage collector, and their
  /// elements 16 bytes into a cache line, so that from here on no vector crosses two lines.
  static final int ALIGNED = 12;

  /// Elements of an array that starts a region.
  static final int LARGE = 1 << 20;

  private static final int DEPTH = 512;

  private Panels() {}

  /// Elements of the panels of `n` columns of `k` elements.
  static long size(Tile tile, int n, int k) {
    long group = GROUP * (long) tile.columns();
    return ALIGNED + Math.ceilDiv(n, group) * group * k + VectorInterleave.SLACK;
  }

  /// Where step `p` of the panel of column `j` begins; `j` is the first of its panel.
  static int at(int j, int p, int k, int columns) {
    return ALIGNED + j * k + p * columns;
  }

  /// The panels of `b`, `k` rows and `n` columns, on all processors where `parallel`.
  static float[] of(Tile tile, Operand b, int n, int k, boolean parallel) {
    float[] to = new float[Math.toIntExact(size(tile, n, k))];
    int width = tile.columns();
    int panels = Math.ceilDiv(n, width);
    int each = parallel ? Math.max(1, panels / (8 * Workers.threads())) : panels;
    Workers.run(
        Math.ceilDiv(panels, each),
        "matmul",
        part -> {
          for (int i = part * each; i < Math.min(panels, (part + 1) * each); i++) {
            Stop.poll("matmul");
            panel(
                tile,
                b.from(0, (long) i * width),
                Math.min(width, n - i * width),
                k,
                to,
                i * width * k);
          }
        });
    return to;
  }

  /// Elements of an array for [#fill].
  static int room(Tile tile, int n, int k) {
    int columns = Math.ceilDiv(n, tile.columns()) * tile.columns();
    return Math.max(LARGE, Math.addExact(Math.multiplyExact(columns, k), 2 * ALIGNED));
  }

  /// The panels of `n` columns, one after another from [#ALIGNED] on, by the calling thread.
  static void fill(Tile tile, Operand b, int n, int k, float[] to) {
    int width = tile.columns();
    int whole = b.column() == 1 ? n - n % width : 0;
    if (whole > 0 && PanelPacking.isDirect(b)) {
      tile.readColumns(b.x(), 4 * b.at(), 4 * b.row(), k, to, ALIGNED, whole / width, width * k);
    } else if (whole > 0) {
      float[] rows = Scratch.floats(Scratch.Slot.ROWS, DEPTH * whole);
      for (int p = 0; p < k; p += DEPTH) {
        int depth = Math.min(DEPTH, k - p);
        for (int i = 0; i < depth; i++) {
          b.read(p + i, 0, whole, rows, i * whole);
        }
        int at = ALIGNED + p * width;
        tile.copyColumns(rows, 0, whole, depth, to, at, whole / width, width * k);
      }
    }
    for (int j = whole; j < n; j += width) {
      panel(tile, b.from(0, j), Math.min(width, n - j), k, to, j * k);
    }
  }

  private static void panel(Tile tile, Operand b, int count, int k, float[] to, int at) {
    int width = tile.columns();
    float[] read = Scratch.floats(Scratch.Slot.ROWS, width * DEPTH);
    Operand rows = b.transposed();
    for (int p = 0; p < k; p += DEPTH) {
      int depth = Math.min(DEPTH, k - p);
      for (int r = 0; r < count; r++) {
        rows.read(r, p, depth, read, r * depth);
      }
      int target = ALIGNED + at + p * width;
      tile.interleave(read, count, depth, width, to, target);
      clear(to, target, count, width, depth);
    }
  }

  private static void clear(float[] to, int at, int count, int width, int depth) {
    for (int p = 0; count < width && p < depth; p++) {
      Arrays.fill(to, at + p * width + count, at + (p + 1) * width, 0);
    }
  }
}
