package maia.numerics;

/// Turns blocks of one operand of a product into panels of the tile's height or width, decoding any
/// scalar type exactly on the way.
///
/// @param tile the tile that the panels are for
/// @param x the operand
/// @param isAcross whether the rows (of the left operand), or else the columns, of one step of k
///   lie side by side
/// @param isDirect whether vector loops read it where it lies
record PanelPacking(Tile tile, Operand x, boolean isAcross, boolean isDirect) {
  /// Panels of `b`, or parts of them, that are packed side by side, so that memory is read in whole
  /// runs.
  static final int GROUP = 8;

  /// For rows of `a`.
  static PanelPacking left(Tile tile, Operand a) {
    boolean direct = isDirect(a) && tile.reads();
    return new PanelPacking(tile, a, a.row() == 1 && a.column() != 1, direct);
  }

  /// For columns of `b`.
  static PanelPacking right(Tile tile, Operand b) {
    return new PanelPacking(tile, b, b.column() == 1, isDirect(b));
  }

  /// Whether loops on memory read or write rows of `x` where they lie.
  static boolean isDirect(Operand x) {
    return x.type() == DType.F32 && x.column() == 1 && Direct.is(x.x());
  }

  /// Whether [#rows] writes nothing beyond its panels.
  boolean isExact() {
    return isDirect || isAcross;
  }

  /// `count` rows from `i` on, `steps` steps from `p` on; the last rows that do not fill a tile
  /// make a panel of their own height, up to [Panels#ROWS], or else leave places of the tile free.
  void rows(int i, int count, int p, int steps, float[] to, int toAt) {
    int height = tile.rows();
    int whole = count - count % height;
    Operand part = x.from(i, p);
    if (isAcross) {
      across(part.transposed(), whole, steps, height, to, toAt);
    } else if (isDirect) {
      for (int r = 0; r < whole; r += height) {
        long at = 4 * (part.at() + r * part.row());
        tile.read(part.x(), at, 4 * part.row(), steps, to, toAt + r * steps);
      }
    } else {
      along(part, whole, steps, height, to, toAt);
    }
    if (whole < count) {
      last(part.from(whole, 0), count - whole, steps, to, toAt + whole * steps);
    }
  }

  private void last(Operand part, int rows, int steps, float[] to, int toAt) {
    int height = rows <= Panels.ROWS ? rows : tile.rows();
    if (isAcross) {
      across(part.transposed(), rows, steps, height, to, toAt);
    } else {
      Interleave.rows(decoded(part, rows, steps), rows, steps, height, to, toAt);
    }
  }

  /// `count` columns from `j` on, `steps` steps from `p` on; up to [VectorInterleave#SLACK]
  /// elements behind the panels may be overwritten.
  void columns(int j, int count, int p, int steps, float[] to, int toAt) {
    int width = tile.columns();
    int whole = isDirect ? count - count % width : 0;
    if (whole > 0) {
      long at = 4 * (x.at() + p * x.row() + j);
      tile.readColumns(x.x(), at, 4 * x.row(), steps, to, toAt, whole / width, steps * width);
    }
    Operand rest = x.from(p, j + whole);
    if (isAcross) {
      across(rest, count - whole, steps, width, to, toAt + whole * steps);
    } else {
      along(rest.transposed(), count, steps, width, to, toAt);
    }
  }

  /// Panels of a matrix whose rows, one per step of k, are contiguous: `width` elements of each.
  private void across(Operand from, int columns, int depth, int width, float[] to, int toAt) {
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
  private void along(Operand from, int rows, int depth, int height, float[] to, int toAt) {
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

  private static int roundUp(int size, int step) {
    return Math.ceilDiv(size, step) * step;
  }
}
