package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import maia.base.Stop;

/// Product of a few rows with the transpose of a matrix whose rows run along k, as a linear layer
/// stores its weight: every weight is read once, turned in the first cache and used for all rows.
/// Every output is one ascending chain. [#row] is the same for one row and a matrix that lies the
/// other way.
final class StripProduct {
  /// Rows up to which packing whole panels does not pay; fewer than four take [StreamProduct].
  static final int ROWS = 16;

  private static final int DEPTH = 512;

  private StripProduct() {}

  /// Whether this is the way for `m` rows of `k` elements, which one array holds.
  static boolean suits(int m, int k, Operand b) {
    boolean isFew = m > StreamProduct.ROWS && m <= ROWS && (long) m * k <= Scratch.MOST;
    return isFew && b.row() == 1 && b.column() != 1;
  }

  /// `c += a * b`, with contiguous rows in `c`, which is fp32.
  static void run(
      Tile tile, int m, int n, int k, Operand a, Operand b, Operand c, boolean parallel) {
    float[] left = Scratch.floats(Scratch.Slot.LEFT, m * k);
    for (int i = 0; i < m; i++) {
      a.read(i, 0, k, left, i * k);
    }
    int width = tile.stripColumns();
    int strips = Math.ceilDiv(n, width);
    int each = parallel ? Math.max(1, strips / (8 * Workers.threads())) : strips;
    int parts = Math.ceilDiv(strips, each);
    if (parts <= 1) {
      strips(tile, m, 0, n, k, left, b, c);
      return;
    }
    Workers.run(
        parts,
        "matmul",
        i -> strips(tile, m, i * each * width, Math.min(n, (i + 1) * each * width), k, left, b, c));
  }

  private static void strips(
      Tile tile, int m, int first, int end, int k, float[] left, Operand b, Operand c) {
    int width = tile.stripColumns();
    float[] sums = Scratch.floats(Scratch.Slot.EDGE, m * width);
    for (int j = first; j < end; j += width) {
      Stop.poll("matmul");
      int count = Math.min(width, end - j);
      for (int i = 0; i < m; i++) {
        c.read(i, j, count, sums, i * width);
      }
      strip(tile, m, count, k, left, b.from(0, j).transposed(), sums);
      for (int i = 0; i < m; i++) {
        long at = 4 * (c.at() + i * c.row() + j);
        MemorySegment.copy(sums, i * width, c.x(), Packed.FLOAT, at, count);
      }
    }
  }

  /// `rows` holds `count` columns of `b` as rows.
  private static void strip(
      Tile tile, int m, int count, int k, float[] left, Operand rows, float[] sums) {
    int width = tile.stripColumns();
    float[] turned = Scratch.floats(Scratch.Slot.RIGHT, width * DEPTH + VectorInterleave.SLACK);
    for (int p = 0; p < k; p += DEPTH) {
      int depth = Math.min(DEPTH, k - p);
      turn(tile, rows.from(0, p), count, depth, turned);
      int i = 0;
      for (; i + 2 <= m; i += 2) {
        tile.strip(2, depth, left, i * k + p, k, turned, sums, i * width);
      }
      if (i < m) {
        tile.strip(1, depth, left, i * k + p, k, turned, sums, i * width);
      }
    }
  }

  /// One beside the other, `stripColumns` apart.
  private static void turn(Tile tile, Operand rows, int count, int depth, float[] to) {
    int width = tile.stripColumns();
    float[] read = Scratch.floats(Scratch.Slot.ROWS, width * DEPTH);
    for (int r = 0; r < count; r++) {
      rows.read(r, 0, depth, read, r * depth);
    }
    tile.interleave(read, count, depth, width, to, 0);
  }

  /// `sums += a * b` for one row of `k` elements and `n` columns; rows of `b` are read as they lie.
  /// There is room for whole strips in `sums`.
  static void row(Tile tile, int n, int k, float[] a, Operand b, float[] sums) {
    int width = tile.stripColumns();
    float[] rows = Scratch.floats(Scratch.Slot.RIGHT, width * DEPTH + VectorInterleave.SLACK);
    for (int j = 0; j < n; j += width) {
      int count = Math.min(width, n - j);
      for (int p = 0; p < k; p += DEPTH) {
        int depth = Math.min(DEPTH, k - p);
        read(b.from(p, j), count, depth, width, rows);
        tile.strip(1, depth, a, p, 0, rows, sums, j);
      }
    }
  }

  /// Rows of `count` elements, `width` apart with zeros in between; all at once where they lie so.
  private static void read(Operand b, int count, int depth, int width, float[] to) {
    if (count == width && b.column() == 1 && b.row() == width) {
      b.read(0, 0, depth * width, to, 0);
      return;
    }
    for (int p = 0; p < depth; p++) {
      b.read(p, 0, count, to, p * width);
      Arrays.fill(to, p * width + count, (p + 1) * width, 0);
    }
  }
}
