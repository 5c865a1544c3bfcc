package maia.kernel.interp;

import java.util.Arrays;
import java.util.List;
import maia.kernel.ir.Type;
import maia.numerics.DType;

/// Where the elements of a value lie: a strided view of a float or a long array. Floats hold the
/// decoded value of any floating-point type, longs every integer and truth value.
final class Slot {
  final DType dtype;
  final int[] shape;
  final int[] strides;
  final int offset;
  final float[] floats;
  final long[] longs;

  /// Whether every program of the launch sees the same elements.
  boolean fixed;

  private Slot(DType dtype, int[] shape, int[] strides, int offset, float[] floats, long[] longs) {
    this.dtype = dtype;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.floats = floats;
    this.longs = longs;
  }

  /// Fresh storage for a value of this type.
  static Slot of(Type type) {
    return of(type.dtype(), sizes(type.shape()));
  }

  static Slot of(DType dtype, int... shape) {
    int count = count(shape);
    boolean isFloat = dtype.isFloat();
    return new Slot(
        dtype,
        shape,
        contiguous(shape),
        0,
        new float[isFloat ? count : 0],
        new long[isFloat ? 0 : count]);
  }

  static int[] sizes(List<Integer> shape) {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  static int count(int[] shape) {
    int count = 1;
    for (int size : shape) {
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  private static int[] contiguous(int[] shape) {
    int[] strides = new int[shape.length];
    int step = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = step;
      step *= shape[d];
    }
    return strides;
  }

  int rank() {
    return shape.length;
  }

  int count() {
    return count(shape);
  }

  boolean isFloat() {
    return dtype.isFloat();
  }

  /// The one integer of a scalar.
  long scalar() {
    return longs[offset];
  }

  /// Whether both show the same storage.
  boolean shares(Slot other) {
    return isFloat() ? floats == other.floats : longs == other.longs;
  }

  /// Whether the elements fill their array in order.
  boolean isPlain() {
    int step = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      if (shape[d] != 1 && strides[d] != step) {
        return false;
      }
      step *= shape[d];
    }
    return offset == 0 && step == Math.max(floats.length, longs.length);
  }

  /// The same storage in other steps.
  Slot view(int[] newShape, int[] newStrides, int newOffset) {
    Slot view = new Slot(dtype, newShape, newStrides, newOffset, floats, longs);
    view.fixed = fixed;
    return view;
  }

  /// Another name for the same elements.
  Slot alias() {
    return view(shape, strides, offset);
  }

  /// A plain slot in another shape with as many elements.
  Slot reshaped(int[] other) {
    return view(other, contiguous(other), 0);
  }

  Slot unsqueezed(int dim) {
    return view(inserted(shape, dim, 1), inserted(strides, dim, 0), offset);
  }

  private static int[] inserted(int[] list, int at, int value) {
    int[] longer = new int[list.length + 1];
    System.arraycopy(list, 0, longer, 0, at);
    longer[at] = value;
    System.arraycopy(list, at, longer, at + 1, list.length - at);
    return longer;
  }

  /// With the last two dimensions exchanged.
  Slot transposed() {
    int[] order = new int[rank()];
    Arrays.setAll(order, d -> d);
    order[rank() - 1] = rank() - 2;
    order[rank() - 2] = rank() - 1;
    return permuted(order);
  }

  /// Dimension `d` of the result is dimension `order[d]` of this.
  Slot permuted(int[] order) {
    int[] sizes = new int[rank()];
    int[] steps = new int[rank()];
    for (int d = 0; d < rank(); d++) {
      sizes[d] = shape[order[d]];
      steps[d] = strides[order[d]];
    }
    return view(sizes, steps, offset);
  }

  Slot flipped(int dim) {
    int[] steps = strides.clone();
    steps[dim] = -steps[dim];
    return view(shape, steps, offset + (shape[dim] - 1) * strides[dim]);
  }

  Slot sliced(int dim, int start, int size) {
    int[] sizes = shape.clone();
    sizes[dim] = size;
    return view(sizes, strides, offset + start * strides[dim]);
  }

  /// Stretched to `to`: missing leading dimensions and dimensions of size 1 repeat.
  Slot stretched(int[] to) {
    if (Arrays.equals(shape, to)) {
      return this;
    }
    int[] steps = new int[to.length];
    int lead = to.length - rank();
    for (int d = lead; d < to.length; d++) {
      steps[d] = shape[d - lead] == 1 ? 0 : strides[d - lead];
    }
    return view(to, steps, offset);
  }

  /// The dimension along which elements differ; -1 when none does, -2 when several do.
  int runsAlong() {
    int found = -1;
    for (int d = 0; d < rank(); d++) {
      if (shape[d] > 1 && strides[d] != 0) {
        found = found == -1 ? d : -2;
      }
    }
    return found;
  }
}
