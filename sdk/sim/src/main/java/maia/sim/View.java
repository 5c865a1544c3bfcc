package maia.sim;

/// A box of a slot: where its elements lie, in the order an instruction sees them.
final class View {
  final Slot slot;
  final int[] start;
  final int[] stored;
  final int[] extent;
  final int[] stride;
  final int offset;
  private final boolean isWhole;

  /// @param stored sizes in the buffer's own order of dimensions
  /// @param largest the sizes before run-time limits cut them
  View(Slot slot, int[] start, int[] stored, int[] largest, boolean isTransposed) {
    this.isWhole = product(largest) == Math.max(slot.floats.length, slot.longs.length);
    this.slot = slot;
    this.start = start;
    this.stored = stored;
    this.extent = stored.clone();
    this.stride = slot.strides.clone();
    int base = 0;
    for (int d = 0; d < start.length; d++) {
      base += start[d] * stride[d];
    }
    this.offset = base;
    if (isTransposed) {
      swap(extent);
      swap(stride);
    }
  }

  private static void swap(int[] sizes) {
    int last = sizes.length - 1;
    int kept = sizes[last];
    sizes[last] = sizes[last - 1];
    sizes[last - 1] = kept;
  }

  private static int product(int[] sizes) {
    int count = 1;
    for (int size : sizes) {
      count *= size;
    }
    return count;
  }

  int elements() {
    return product(extent);
  }

  int rank() {
    return extent.length;
  }

  /// Whether the elements lie one after another, in the order seen.
  boolean isDense() {
    int step = 1;
    for (int d = extent.length - 1; d >= 0; d--) {
      if (extent[d] != 1 && stride[d] != step) {
        return false;
      }
      step *= extent[d];
    }
    return true;
  }

  /// Whether it names the whole slot, of which run-time limits may cut off what is not needed.
  boolean isWholeSlot() {
    return isWhole;
  }

  /// Receives rows: the storage index of the first element of each row of the last dimension, in
  /// order.
  interface RowVisitor {
    void row(int storage, int row);
  }

  /// Visits the rows of the last dimension; a box without dimensions is one row.
  void rows(RowVisitor visitor) {
    if (elements() == 0) {
      return;
    }
    int outer = Math.max(0, extent.length - 1);
    int[] index = new int[outer];
    int at = offset;
    int row = 0;
    while (true) {
      visitor.row(at, row++);
      int d = outer - 1;
      while (d >= 0) {
        index[d]++;
        at += stride[d];
        if (index[d] < extent[d]) {
          break;
        }
        at -= stride[d] * extent[d];
        index[d] = 0;
        d--;
      }
      if (d < 0) {
        return;
      }
    }
  }

  int rowLength() {
    return extent.length == 0 ? 1 : extent[extent.length - 1];
  }

  int rowStride() {
    return extent.length == 0 ? 1 : stride[stride.length - 1];
  }

  /// The floats of the box, dense.
  float[] floats() {
    float[] out = new float[elements()];
    if (out.length > 0 && isDense()) {
      System.arraycopy(slot.floats, offset, out, 0, out.length);
      return out;
    }
    int length = rowLength();
    int step = rowStride();
    rows((storage, row) -> {
      for (int i = 0, at = storage; i < length; i++, at += step) {
        out[row * length + i] = slot.floats[at];
      }
    });
    return out;
  }

  /// The integers of the box, dense.
  long[] longs() {
    long[] out = new long[elements()];
    int length = rowLength();
    int step = rowStride();
    rows((storage, row) -> {
      for (int i = 0, at = storage; i < length; i++, at += step) {
        out[row * length + i] = slot.longs[at];
      }
    });
    return out;
  }

  /// Writes dense floats.
  void put(float[] values) {
    if (values.length > 0 && isDense()) {
      System.arraycopy(values, 0, slot.floats, offset, elements());
      return;
    }
    int length = rowLength();
    int step = rowStride();
    rows((storage, row) -> {
      for (int i = 0, at = storage; i < length; i++, at += step) {
        slot.floats[at] = values[row * length + i];
      }
    });
  }

  /// Writes dense integers.
  void put(long[] values) {
    int length = rowLength();
    int step = rowStride();
    rows((storage, row) -> {
      for (int i = 0, at = storage; i < length; i++, at += step) {
        slot.longs[at] = values[row * length + i];
      }
    });
  }
}
