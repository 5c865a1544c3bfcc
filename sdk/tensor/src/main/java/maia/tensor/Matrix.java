package maia.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import maia.numerics.DType;

/// A matrix operand as fp32 values with steps, so that a transposed view needs no copy.
record Matrix(float[] values, int at, int rows, int columns, int rowStep, int columnStep) {
  /// The values of a tensor of two dimensions.
  static Matrix of(Tensor x) {
    int rows = Math.toIntExact(x.size(0));
    int columns = Math.toIntExact(x.size(1));
    Layout layout = x.layout();
    boolean transposed =
        x.type() == DType.F32 && layout.strides()[0] == 1 && layout.strides()[1] == rows;
    if (transposed && !x.isMeta()) {
      float[] values = new float[Host.count(x)];
      MemorySegment.copy(
          x.segment(),
          ValueLayout.JAVA_FLOAT_UNALIGNED,
          4 * layout.offset(),
          values,
          0,
          values.length);
      return new Matrix(values, 0, rows, columns, 1, rows);
    }
    return new Matrix(Host.floats(x), 0, rows, columns, columns, 1);
  }

  /// All leading dimensions as rows, the last one as columns.
  static Matrix rows(Tensor x) {
    int columns = Math.toIntExact(x.size(-1));
    float[] values = Host.floats(x);
    return new Matrix(values, 0, columns == 0 ? 0 : values.length / columns, columns, columns, 1);
  }

  Matrix transposed() {
    return new Matrix(values, at, columns, rows, columnStep, rowStep);
  }
}
