package maia.quant;

import java.util.function.IntConsumer;

/// Which elements of a row-major matrix share a scale: blocks of `high` rows and `wide` columns,
/// blocks in row-major order; those at the edges may be smaller.
///
/// @param rows rows of the matrix
/// @param columns columns of the matrix
/// @param high rows of a block, at least 1
/// @param wide columns of a block, at least 1
record Layout(int rows, int columns, int high, int wide) {
  static Layout of(Quantizer.Sharing sharing, int rows, int columns) {
    return switch (sharing) {
      case Quantizer.Sharing.Tensor _ -> blocks(rows, columns, rows, columns);
      case Quantizer.Sharing.Rows _ -> blocks(rows, columns, 1, columns);
      case Quantizer.Sharing.Groups(int size) -> blocks(rows, columns, 1, size);
      case Quantizer.Sharing.Blocks(int high, int wide) ->
          blocks(rows, columns, high == 0 ? rows : high, wide);
    };
  }

  private static Layout blocks(int rows, int columns, int high, int wide) {
    return new Layout(rows, columns, Math.max(1, high), Math.max(1, wide));
  }

  private int across() {
    return Math.ceilDiv(columns, wide);
  }

  /// How many groups there are; a matrix without elements has one.
  int groups() {
    return Math.max(1, Math.ceilDiv(rows, high) * across());
  }

  /// The group of an element.
  int group(int row, int column) {
    return row / high * across() + column / wide;
  }

  /// Whether groups end inside a row.
  boolean splitsRows() {
    return wide < columns;
  }

  /// Whether the groups of a row share nothing with other rows.
  boolean isByRow() {
    return high == 1;
  }

  /// Elements of group `g`.
  int size(int g) {
    if (rows == 0 || columns == 0) {
      return 0;
    }
    int top = g / across() * high;
    int left = g % across() * wide;
    return (Math.min(top + high, rows) - top) * (Math.min(left + wide, columns) - left);
  }

  /// Visits the elements of group `g`, row by row.
  void each(int g, IntConsumer visitor) {
    if (rows == 0 || columns == 0) {
      return;
    }
    int top = g / across() * high;
    int left = g % across() * wide;
    int right = Math.min(left + wide, columns);
    for (int r = top; r < Math.min(top + high, rows); r++) {
      for (int c = left; c < right; c++) {
        visitor.accept(r * columns + c);
      }
    }
  }

  /// The values of group `g`, row by row.
  float[] gather(int g, float[] x) {
    float[] values = new float[size(g)];
    int count = 0;
    int left = columns == 0 ? 0 : g % across() * wide;
    int width = Math.min(wide, columns - left);
    int top = columns == 0 ? 0 : g / across() * high;
    for (int r = top; count < values.length; r++, count += width) {
      System.arraycopy(x, r * columns + left, values, count, width);
    }
    return values;
  }

  /// The column of element `i` of group `g`.
  int column(int g, int i) {
    int left = g % across() * wide;
    return left + i % Math.min(wide, columns - left);
  }
}
