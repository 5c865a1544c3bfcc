package maia.kernel.interp;

/// Multiplies the elements of a block-format matrix by their scales.
final class ScaleNode implements Node {
  private final Slot elements;
  private final Slot scales;
  private final int tall;
  private final int wide;
  private final Slot out;

  /// @param tall rows that share a scale
  /// @param wide columns that share a scale
  ScaleNode(Slot elements, Slot scales, int tall, int wide, Slot out) {
    this.elements = elements;
    this.scales = scales;
    this.tall = tall;
    this.wide = wide;
    this.out = out;
  }

  @Override
  public void run() {
    int columns = out.shape[1];
    for (int i = 0; i < out.shape[0]; i++) {
      int from = elements.offset + i * elements.strides[0];
      int scale = scales.offset + i / tall * scales.strides[0];
      for (int j = 0; j < columns; j++) {
        out.floats[i * columns + j] =
            elements.floats[from + j * elements.strides[1]]
                * scales.floats[scale + j / wide * scales.strides[1]];
      }
    }
  }
}
