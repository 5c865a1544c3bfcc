package maia.numerics;

/// Walks strided storage row by row.
final class Strided {
  private Strided() {}

  /// Receives one row of the last dimension.
  @FunctionalInterface
  interface Row {
    /// `count` elements at storage indices `first`, `first + stride`, ...; `done` elements came
    /// before.
    void accept(long first, long stride, int count, int done);
  }

  /// Row-major strides.
  static long[] contiguous(long[] shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = step;
      step *= Math.max(shape[d], 1);
    }
    return strides;
  }

  /// Visits every element in row-major order; neighbouring rows that continue each other are one.
  static void rows(long[] shape, long[] strides, long offset, Row row) {
    long count = 1;
    int d = shape.length;
    long stride = d == 0 ? 1 : strides[d - 1];
    while (d > 0 && (count == 1 || strides[d - 1] == stride * count)) {
      stride = count == 1 ? strides[d - 1] : stride;
      count *= shape[d - 1];
      d--;
    }
    if (count > 0) {
      visit(shape, strides, offset, d, new long[] {stride, count}, new int[1], 0, row);
    }
  }

  private static void visit(
      long[] shape, long[] strides, long at, int depth, long[] last, int[] done, int d, Row row) {
    if (d == depth) {
      int count = Math.toIntExact(last[1]);
      row.accept(at, last[0], count, done[0]);
      done[0] += count;
      return;
    }
    for (long i = 0; i < shape[d]; i++) {
      visit(shape, strides, at + i * strides[d], depth, last, done, d + 1, row);
    }
  }
}
