package maia.tensor;

import maia.base.Stop;

/// The lines along one dimension of values in row order.
///
/// @param count how many lines
/// @param size elements of a line
/// @param step from one element of a line to the next
record Lines(int count, int size, int step) {
  /// Work on the line of `size` elements that starts at `at`.
  @FunctionalInterface
  interface Line {
    void run(int at, int step, int size);
  }

  static Lines of(Tensor x, int dim) {
    int size = x.rank() == 0 ? 1 : Math.toIntExact(x.size(dim));
    int step = 1;
    for (int d = dim + 1; d < x.rank(); d++) {
      step *= Math.toIntExact(x.size(d));
    }
    int count = size == 0 ? 0 : Host.count(x) / size;
    return new Lines(count, size, step);
  }

  /// Where line `index` starts.
  int at(int index) {
    return step == 0 ? 0 : index / step * step * size + index % step;
  }

  void each(Line body) {
    Parallel.ranges(
        count,
        Math.max(1, Parallel.ELEMENTS / Math.max(1, size)),
        (from, to) -> {
          for (int i = from; i < to; i++) {
            Stop.poll("line");
            body.run(at(i), step, size);
          }
        });
  }
}
