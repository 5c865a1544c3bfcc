package maia.kernel.interp;

/// The lines of a plain slot along one dimension.
///
/// @param length elements of a line
/// @param inner step between the elements of a line
/// @param count how many lines
record Lines(int length, int inner, int count) {
  static Lines of(int[] shape, int axis) {
    int inner = 1;
    for (int d = axis + 1; d < shape.length; d++) {
      inner *= shape[d];
    }
    return new Lines(shape[axis], inner, Slot.count(shape) / shape[axis]);
  }

  /// Where element `i` of line `line` lies.
  int at(int line, int i) {
    return line / inner * inner * length + i * inner + line % inner;
  }
}
