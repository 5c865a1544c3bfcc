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
  /// Steps of k that are worked on at a time: fewer read and write `c` more often.
  private static final int DEPTH = 1024;

  /// Elements of `b` that are packed together: a core's share of the third cache.
  private static final int RIGHT = 1 << 20;

  /// Rows of `a` up to which threads divide the columns.
  private static final int FEW = 160;

  private static final int ALIGNED = Panels.ALIGNED;

  private final Tile tile;
  private final int m;
  private final int k;
  private final PanelPacking a;
  private final PanelPacking b;
  private final Operand c;

  /// Whether tiles read and write `c` where it lies.
  private final boolean isDirect;

  private final float @Nullable [] panels;
  private final boolean fresh;
  private final boolean parallel;

  /// Columns that are packed, and used, side by side.
  private final int group;

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
    this.a = PanelPacking.left(tile, a);
    this.b = PanelPacking.right(tile, b);
    this.c = c;
    this.isDirect = PanelPacking.isDirect(c);
    this.panels = panels;
    this.fresh = fresh;
    this.parallel = parallel && Workers.threads() > 1;
    this.group = PanelPacking.GROUP * tile.columns();
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
    int most = roundUp(Math.ceilDiv(k, Math.max(1, Math.ceilDiv(k, DEPTH))), 8);
    int columns = Math.max(1, RIGHT / Math.max(1, most) / product.group) * product.group;
    for (int j = 0; j < n; j += columns) {
      for (int p = 0; p < k; p += most) {
        product.block(j, Math.min(columns, n - j), p, Math.min(most, k - p));
      }
    }
  }

  /// All rows of one block of columns and of k. With many rows the threads divide the rows; with
  /// few they divide the columns.
  private void block(int j, int columns, int p, int depth) {
    if (m > FEW) {
      byRows(j, columns, p, depth);
    } else {
      byColumns(j, columns, p, depth);
    }
  }

  /// Threads first pack `b` together; one thread packs it as the first rows need it.
  private void byRows(int j, int columns, int p, int depth) {
    float[] right = panels == null ? right(columns, depth) : panels;
    if (panels == null && parallel) {
      each(
          Math.ceilDiv(columns, group),
          i -> {
            int from = i * group;
            int width = Math.min(group, columns - from);
            b.columns(j + from, width, p, depth, right, ALIGNED + from * depth);
          });
    }
    int rows = rowsPerPart(depth);
    each(
        Math.ceilDiv(m, rows),
        i -> {
          int height = Math.min(rows, m - i * rows);
          float[] left = left(height, depth);
          a.rows(i * rows, height, p, depth, left, ALIGNED);
          boolean pack = panels == null && !parallel && i == 0;
          multiply(i * rows, height, j, columns, p, depth, left, right, pack);
        });
  }

  private void byColumns(int j, int columns, int p, int depth) {
    float[] left = left(m, depth);
    int threads = parallel && a.isExact() ? Workers.threads() : 1;
    int rows = roundUp(Math.ceilDiv(m, threads), tile.rows());
    each(
        Math.ceilDiv(m, rows),
        i -> {
          int from = i * rows;
          a.rows(from, Math.min(rows, m - from), p, depth, left, ALIGNED + from * depth);
        });
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
    return Scratch.floats(Scratch.Slot.LEFT, Math.max(Panels.LARGE, size));
  }

  private float[] right(int columns, int depth) {
    int width = roundUp(columns, Panels.GROUP * tile.columns());
    int size = ALIGNED + width * depth + VectorInterleave.SLACK;
    return Scratch.floats(Scratch.Slot.RIGHT, Math.max(Panels.LARGE, size));
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
  private int rowsPerPart(int depth) {
    int parts = Math.ceilDiv(m, Math.max(tile.rows(), tile.block() / depth));
    if (parallel) {
      parts = roundUp(parts, 2 * Workers.threads());
    }
    return roundUp(Math.ceilDiv(m, parts), tile.rows());
  }

  private static int roundUp(int size, int step) {
    return Math.ceilDiv(size, step) * step;
  }

  /// A block of rows times some panels at a time. Where a tile does not write `c` itself, because
  /// it would write beyond it or `c` is in other memory, sums pass through memory of the thread.
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
    int whole = tileRows(rows);
    boolean zero = fresh && p == 0;
    Operand spare = new Operand(Scratch.memory(4L * whole * group), DType.F32, 0, group, 1);
    for (int from = 0; from < columns; from += group) {
      Stop.poll("matmul");
      int width = Math.min(group, columns - from);
      int at = ALIGNED + from * depth;
      if (pack) {
        b.columns(j + from, width, p, depth, right, at);
      }
      int rightAt = panels == null ? at : Panels.at(j + from, p, k, tile.columns());
      Operand own = c.from(i, j + from);
      boolean direct = isDirect && width % tile.columns() == 0 && whole <= rows;
      if (!direct && !zero) {
        copy(own, spare, Math.min(rows, whole), width);
      }
      tiles(whole, width, depth, left, right, rightAt, zero, direct ? own : spare);
      if (!direct) {
        copy(spare, own, Math.min(rows, whole), width);
      }
      if (whole < rows) {
        int leftAt = ALIGNED + whole * depth;
        last(rows - whole, width, depth, left, leftAt, right, rightAt, zero, own.from(whole, 0));
      }
    }
  }

  /// Rows that whole tiles cover: all but the last few, or all and some that count for nothing.
  private int tileRows(int rows) {
    int last = rows % tile.rows();
    return last <= Panels.ROWS ? rows - last : roundUp(rows, tile.rows());
  }

  /// Elements between panels of `b`.
  private int panelStep(int depth) {
    return tile.columns() * (panels == null ? depth : k);
  }

  /// One panel after the other, which the first cache holds.
  private void tiles(
      int rows,
      int columns,
      int depth,
      float[] left,
      float[] right,
      int rightAt,
      boolean zero,
      Operand sums) {
    MemorySegment to = sums.x();
    long row = 4 * sums.row();
    int count = rows / tile.rows();
    for (int j = 0, at = rightAt; j < columns; j += tile.columns(), at += panelStep(depth)) {
      long toAt = 4 * (sums.at() + j);
      tile.multiplyAdd(count, depth, left, ALIGNED, right, at, zero, to, toAt, row);
    }
  }

  private static void copy(Operand from, Operand to, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      long at = 4 * (from.at() + r * from.row());
      MemorySegment.copy(from.x(), at, to.x(), 4 * (to.at() + r * to.row()), 4L * columns);
    }
  }

  /// The last rows, which are fewer than those of a tile, on four panels at a time.
  private void last(
      int rows,
      int columns,
      int depth,
      float[] left,
      int leftAt,
      float[] right,
      int rightAt,
      boolean zero,
      Operand own) {
    float[] sums = Scratch.floats(Scratch.Slot.EDGE, Panels.ROWS * group);
    for (int r = 0; r < rows; r++) {
      if (zero) {
        Arrays.fill(sums, r * group, r * group + columns, 0);
      } else {
        own.read(r, 0, columns, sums, r * group);
      }
    }
    int step = panelStep(depth);
    for (int j = 0; j < columns; j += Panels.GROUP * tile.columns()) {
      int at = rightAt + j / tile.columns() * step;
      tile.panels(rows, depth, left, leftAt, right, at, step, sums, j, group);
    }
    for (int r = 0; r < rows; r++) {
      long at = 4 * (own.at() + r * own.row());
      MemorySegment.copy(sums, r * group, own.x(), Packed.FLOAT, at, columns);
    }
  }
}
