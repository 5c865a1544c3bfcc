package maia.quant;

import java.util.function.IntConsumer;

/// Which elements of a row-major matrix share a scale: groups of `size` along a row, whole rows, or
/// the whole matrix as one.
///
/// @param rows rows of the matrix
/// @param columns columns of the matrix
/// @param size elements of a group along a row; 0 when the matrix is one group
record Layout(int rows, int columns, int size) {
  static Layout of(Quantizer.Sharing sharing, int rows, int columns) {
    return switch (sharing) {
      case Quantizer.Sharing.Tensor _ -> new Layout(rows, columns, 0);
      case Quantizer.Sharing.Rows _ -> new Layout(rows, columns, Math.max(1, columns));
      case Quantizer.Sharing.Groups(int size) -> new Layout(rows, columns, size);
    };
  }

  private int perRow() {
    return Math.ceilDiv(columns, size);
  }

  /// How many groups there are.
  int groups() {
    return size == 0 ? 1 : rows * perRow();
  }

  /// The group of an element.
  int group(int row, int column) {
    return size == 0 ? 0 : row * perRow() + column / size;
  }

  /// Index of the first element of group `g`.
  private int first(int g) {
    return size == 0 ? 0 : g / perRow() * columns + g % perRow() * size;
  }

  private int end(int g) {
    return size == 0 ? rows * columns : Math.min(first(g) + size, (g / perRow() + 1) * columns);
  }

  /// Visits the elements of group `g`.
  void each(int g, IntConsumer visitor) {
    int end = end(g);
    for (int i = first(g); i < end; i++) {
      visitor.accept(i);
    }
  }

  /// The values of group `g`.
  float[] gather(int g, float[] x) {
    return java.util.Arrays.copyOfRange(x, first(g), Math.max(first(g), end(g)));
  }
}
