package maia.numerics;

import java.lang.foreign.MemorySegment;

/// A strided matrix of typed elements in memory.
///
/// @param x the memory
/// @param type the scalar type of its elements
/// @param at storage index of element (0, 0)
/// @param row step between rows, in elements
/// @param column step between columns, in elements
record Operand(MemorySegment x, DType type, long at, long row, long column) {
  /// The same matrix over its array.
  static Operand of(Matrix matrix) {
    return new Operand(
        MemorySegment.ofArray(matrix.x()), DType.F32, matrix.at(), matrix.row(), matrix.column());
  }

  /// A matrix of two dimensions in host memory.
  static Operand of(Array array) {
    long[] strides = array.strides();
    return new Operand(
        array.segment(), (DType) array.type(), array.offset(), strides[0], strides[1]);
  }

  /// The matrix that begins at (`i`, `j`) of this one.
  Operand from(long i, long j) {
    return new Operand(x, type, at + i * row + j * column, row, column);
  }

  Operand transposed() {
    return new Operand(x, type, at, column, row);
  }

  /// Decodes `count` elements of row `i` from column `j` on.
  void read(long i, long j, int count, float[] to, int toAt) {
    Codec.of(type).decode(x, at + i * row + j * column, column, count, to, toAt);
  }
}
