package maia.numerics;

/// A strided matrix in a float array.
///
/// @param x the array
/// @param at index of element (0, 0)
/// @param row step between rows
/// @param column step between columns
record Matrix(float[] x, int at, int row, int column) {
  /// The matrix that begins at (`i`, `j`) of this one.
  Matrix from(int i, int j) {
    return new Matrix(x, at + i * row + j * column, row, column);
  }

  Matrix transposed() {
    return new Matrix(x, at, column, row);
  }
}
