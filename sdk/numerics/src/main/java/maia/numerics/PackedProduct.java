package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntConsumer;
import maia.base.Stop;
import org.jspecify.annotations.Nullable;

/// Cache-blocked matrix product over packed panels. Blocks of k are visited in ascending order and
/// the partial sums wait in `c`, so every output is one chain whatever the block sizes. Operands of
/// any scalar type are decoded exactly while they are packed.
final class PackedProduct {
  /// Steps of k that are worked on at a time: their panel takes half of the first cache.
  private static final int DEPTH = 256;

  /// Such stretches of k that are packed together, whose sums stay in an array.
  private static final int STRETCHES = 4;

  /// Rows of `a` in a block, which stays in the second cache.
  private static final int ROWS = 240;

  /// Columns of `b` that are packed together; with the steps of k this is a core's share of the
  /// third cache.
  private static final int COLUMNS = 1024;

  /// Panels of `b` that are packed, and used, side by side, so that memory is read in whole runs.
  private static final int GROUP = 8;

  private static final int ALIGNED = Panels.ALIGNED;

  private static final int LARGE = 1 << 20;

  private final Tile tile;
  private final int m;
  private final Operand a;
  private final Operand b;
  private final Operand c;
  private final float @Nullable [] panels;
  private final int k;

  /// Steps of k of a stretch.
  private final int stretch;

  /// Whether `a` runs along its columns.
  private final boolean across;

  /// Whether vector loops copy them from where they lie.
  private final boolean directA;

  private final boolean directB;

  private final boolean fresh;
  private final boolean parallel;

  private PackedProduct(
      Tile tile,
      int m,
      int k,
      Operand a,
      Operand b,
      Operand c,
      float @Nullable [] panels,
      boolean fresh,
      boolean parallel) {
    this.tile = tile;
    this.m = m;
    this.k = k;
    this.stretch = roundUp(Math.ceilDiv(k, Math.max(1, Math.ceilDiv(k, DEPTH))), 8);
    this.panels = panels;
    this.a = a;
    this.b = b;
    this.c = c;
    this.across = a.row() == 1 && a.column() != 1;
    this.directA = isDirect(a) && tile.reads();
    this.directB = isDirect(b);
    this.fresh = fresh;
    this.parallel = parallel && Workers.threads() > 1;
  }

  private static boolean isDirect(Operand x) {
    return x.type() == DType.F32 && x.column() == 1 && Direct.is(x.x());
  }

  /// `c += a * b`; rows of `c` are contiguous fp32.
  static void run(
      Tile tile, int m, int n, int k, Operand a, Operand b, Operand c, boolean parallel) {
    run(tile, m, n, k, a, b, c, null, false, parallel);
  }

  /// The same with the [Panels] of `b`, where there are any. A `fresh` `c` counts as 0.
  static void run(
      Tile tile,
      int m,
      int n,
      int k,
      Operand a,
      Operand b,
      Operand c,
      float @Nullable [] panels,
      boolean fresh,
      boolean parallel) {
    PackedProduct product = new PackedProduct(tile, m, k, a, b, c, panels, fresh, parallel);
    int most = STRETCHES * product.stretch;
    for (int j = 0; j < n; j += COLUMNS) {
      for (int p = 0; p < k; p += most) {
        product.block(j, Math.min(COLUMNS, n - j), p, Math.min(most, k - p));
      }
    }
  }

  /// All rows of one block of columns and of k. With many rows the threads divide the rows; with
  /// few they divide the columns.
  private void block(int j, int columns, int p, int depth) {
    if (m > ROWS) {
      byRows(j, columns, p, depth);
    } else {
      byColumns(j, columns, p, depth);
    }
  }

  /// Threads first pack `b` together; one thread packs it as the first rows need it.
  private void byRows(int j, int columns, int p, int depth) {
    float[] right = panels == null ? right(columns, depth) : panels;
    int group = GROUP * tile.columns();
    if (panels == null && parallel) {
      each(
          Math.ceilDiv(columns, group),
          i -> {
            int width = Math.min(group, columns - i * group);
            for (int q = 0; q < depth; q += stretch) {
              int steps = Math.min(stretch, depth - q);
              int at = unit(i * group, width, q, depth);
              packRight(j + i * group, width, p + q, steps, right, at);
            }
          });
    }
    int rows = rowsPerPart();
    each(
        Math.ceilDiv(m, rows),
        i -> {
          int height = Math.min(rows, m - i * rows);
          float[] left = left(height, depth);
          packLeft(i * rows, height, p, depth, left, 0, height);
          boolean pack = panels == null && !parallel && i == 0;
          multiply(i * rows, height, j, columns, p, depth, left, right, pack);
        });
  }

  private void byColumns(int j, int columns, int p, int depth) {
    float[] left = left(m, depth);
    boolean together = parallel && (directA || across); // the others write beyond their panels
    int rows = together ? roundUp(Math.ceilDiv(m, Workers.threads()), tile.rows()) : m;
    each(
        Math.ceilDiv(m, rows),
        i -> packLeft(0, m, p, depth, left, i * rows, Math.min(rows, m - i * rows)));
    int group = GROUP * tile.columns();
    each(
        Math.ceilDiv(columns, group),
        i -> {
          int width = Math.min(group, columns - i * group);
          float[] right = panels == null ? right(group, depth) : panels;
          multiply(0, m, j + i * group, width, p, depth, left, right, panels == null);
        });
  }

  private float[] left(int rows, int depth) {
    int size = ALIGNED + roundUp(rows, tile.rows()) * depth + VectorInterleave.SLACK;
    return Scratch.floats(Scratch.Slot.LEFT, Math.max(LARGE, size));
  }

  private float[] right(int columns, int depth) {
    int size =
        ALIGNED + roundUp(columns, Panels.GROUP * tile.columns()) * depth + VectorInterleave.SLACK;
    return Scratch.floats(Scratch.Slot.RIGHT, Math.max(LARGE, size));
  }

  private void each(int parts, IntConsumer part) {
    if (parallel) {
      Workers.run(parts, "matmul", part);
    } else {
      for (int i = 0; i < parts; i++) {
        part.accept(i);
      }
    }
  }

  /// Blocks of equal height, twice as many as threads at least where that is worth it.
  private int rowsPerPart() {
    int parts = Math.ceilDiv(m, ROWS);
    if (parallel) {
      parts = roundUp(parts, 2 * Workers.threads());
    }
    return roundUp(Math.ceilDiv(m, parts), tile.rows());
  }

  private static int roundUp(int size, int step) {
    return Math.ceilDiv(size, step) * step;
  }

  /// A block of rows times some panels at a time, whose sums an array holds meanwhile: an access to
  /// memory outside the heap costs as much as two multiply-adds, and an array has room for whole
  /// tiles at the edges.
  private void multiply(
      int i,
      int rows,
      int j,
      int columns,
      int p,
      int depth,
      float[] left,
      float[] right,
      boolean pack) {
    int group = GROUP * tile.columns();
    int height = roundUp(rows, tile.rows());
    float[] sums = Scratch.floats(Scratch.Slot.EDGE, LARGE);
    for (int from = 0; from < columns; from += group) {
      Stop.poll("matmul");
      int width = Math.min(group, columns - from);
      if (fresh && p == 0) {
        Arrays.fill(sums, ALIGNED, ALIGNED + height * group, 0);
      } else {
        load(i, rows, j + from, width, sums, group);
      }
      for (int q = 0; q < depth; q += stretch) {
        int steps = Math.min(stretch, depth - q);
        if (pack) {
          packRight(j + from, width, p + q, steps, right, unit(from, width, q, depth));
        }
        int at =
            panels == null
                ? unit(from, width, q, depth)
                : Panels.at(j + from, p + q, k, tile.columns());
        int step = tile.columns() * (panels == null ? steps : k);
        tiles(rows, width, steps, left, ALIGNED + height * q, right, at, step, sums);
      }
      store(i, rows, j + from, width, sums, group);
    }
  }

  /// Where the panels of the group of columns from `from` on begin, at step `q` of the block.
  private int unit(int from, int width, int q, int depth) {
    return ALIGNED + from * depth + roundUp(width, tile.columns()) * q;
  }

  /// The tiles of a stretch of k: one panel after the other, which the first cache holds, and then
  /// the last rows, where they are fewer than those of a tile.
  private void tiles(
      int rows,
      int columns,
      int steps,
      float[] left,
      int leftAt,
      float[] right,
      int rightAt,
      int rightStep,
      float[] sums) {
    int group = GROUP * tile.columns();
    int last = rows % tile.rows();
    int whole = panelRows(last) == last ? rows - last : roundUp(rows, tile.rows());
    for (int j = 0, at = rightAt; j < columns; j += tile.columns(), at += rightStep) {
      for (int i = 0; i < whole; i += tile.rows()) {
        int to = ALIGNED + i * group + j;
        tile.multiplyAdd(steps, left, leftAt + i * steps, right, at, sums, to, group);
      }
    }
    int width = Panels.GROUP * tile.columns();
    for (int j = 0; whole < rows && j < columns; j += width) {
      int at = rightAt + j / tile.columns() * rightStep;
      int to = ALIGNED + whole * group + j;
      int from = leftAt + whole * steps;
      tile.panels(rows - whole, steps, left, from, right, at, rightStep, sums, to, group);
    }
  }

  private void load(int i, int rows, int j, int width, float[] sums, int step) {
    for (int r = 0; r < rows; r++) {
      long at = 4 * (c.at() + (i + r) * c.row() + j);
      MemorySegment.copy(c.x(), Packed.FLOAT, at, sums, ALIGNED + r * step, width);
    }
  }

  private void store(int i, int rows, int j, int width, float[] sums, int step) {
    for (int r = 0; r < rows; r++) {
      long at = 4 * (c.at() + (i + r) * c.row() + j);
      MemorySegment.copy(sums, ALIGNED + r * step, c.x(), Packed.FLOAT, at, width);
    }
  }

  /// Rows `from` to `from + count` of the `rows` rows of `a` from `i` on into panels of the tile's
  /// height, or of the rest's, for each stretch of k.
  private void packLeft(int i, int rows, int p, int depth, float[] to, int from, int count) {
    int height = roundUp(rows, tile.rows());
    int whole = count - count % tile.rows();
    for (int q = 0; q < depth; q += stretch) {
      int steps = Math.min(stretch, depth - q);
      int at = ALIGNED + height * q + from * steps;
      Operand part = a.from(i + from, p + q);
      packTiles(part, whole, steps, to, at);
      if (whole < count) {
        packLast(part.from(whole, 0), count - whole, steps, to, at + whole * steps);
      }
    }
  }

  private void packTiles(Operand part, int rows, int steps, float[] to, int toAt) {
    if (across) {
      packAcross(part.transposed(), rows, steps, tile.rows(), to, toAt);
    } else if (directA) {
      for (int r = 0; r < rows; r += tile.rows()) {
        long at = 4 * (part.at() + r * part.row());
        tile.read(part.x(), at, 4 * part.row(), steps, to, toAt + r * steps);
      }
    } else {
      packRows(part, rows, steps, tile.rows(), to, toAt);
    }
  }

  private void packLast(Operand part, int rows, int steps, float[] to, int toAt) {
    if (across) {
      packAcross(part.transposed(), rows, steps, panelRows(rows), to, toAt);
    } else {
      Interleave.rows(decoded(part, rows, steps), rows, steps, panelRows(rows), to, toAt);
    }
  }

  /// Rows of a panel of the last `rows` rows, which are fewer than those of a tile.
  private int panelRows(int rows) {
    return rows <= Panels.ROWS ? rows : tile.rows();
  }

  /// `columns` columns of `b` from `j` on, `steps` steps from `p` on, into panels of the tile's
  /// width.
  private void packRight(int j, int columns, int p, int steps, float[] to, int toAt) {
    int width = tile.columns();
    int whole = directB ? columns - columns % width : 0;
    if (whole > 0) {
      long at = 4 * (b.at() + p * b.row() + j);
      tile.readColumns(b.x(), at, 4 * b.row(), steps, to, toAt, whole / width, steps * width);
    }
    Operand rest = b.from(p, j + whole);
    if (b.column() == 1) {
      packAcross(rest, columns - whole, steps, width, to, toAt + whole * steps);
    } else {
      packRows(rest.transposed(), columns, steps, width, to, toAt);
    }
  }

  /// Panels of a matrix whose rows, one per step of k, are contiguous: `width` elements of each.
  private void packAcross(Operand from, int columns, int depth, int width, float[] to, int toAt) {
    int group = roundUp(GROUP * tile.columns(), width); // whole panels
    float[] rows = Scratch.floats(Scratch.Slot.ROWS, group * depth);
    for (int j = 0; j < columns; j += group) {
      int count = Math.min(group, columns - j);
      for (int p = 0; p < depth; p++) {
        from.read(p, j, count, rows, p * count);
      }
      int whole = width == tile.columns() ? count / width : 0;
      tile.copyColumns(rows, 0, count, depth, to, toAt + j * depth, whole, depth * width);
      for (int i = whole * width; i < count; i += width) {
        rest(rows, i, count, depth, Math.min(width, count - i), width, to, toAt + (j + i) * depth);
      }
    }
  }

  private static void rest(
      float[] rows, int at, int step, int depth, int count, int width, float[] to, int toAt) {
    for (int p = 0; p < depth; p++) {
      for (int i = 0; i < count; i++) {
        to[toAt + p * width + i] = rows[at + p * step + i];
      }
    }
  }

  /// Panels of a matrix whose rows run along k: `height` rows one beside the other.
  private void packRows(Operand from, int rows, int depth, int height, float[] to, int toAt) {
    for (int i = 0; i < rows; i += height) {
      int size = Math.min(height, rows - i);
      float[] decoded = decoded(from.from(i, 0), size, depth);
      tile.interleave(decoded, size, depth, height, to, toAt + i * depth);
    }
  }

  private static float[] decoded(Operand from, int rows, int depth) {
    float[] to = Scratch.floats(Scratch.Slot.ROWS, rows * depth);
    for (int r = 0; r < rows; r++) {
      from.read(r, 0, depth, to, r * depth);
    }
    return to;
  }
}
