package maia.tensor;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// How a view maps its indices to elements of a storage. Never changed after construction; the
/// arrays stay inside this package.
record Layout(long[] shape, long[] strides, long offset) {
  static Layout contiguous(long... shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      ShapeException.check(shape[d] >= 0, "shape %s: sizes must not be negative", text(shape));
      strides[d] = step;
      step = Math.multiplyExact(step, Math.max(shape[d], 1));
    }
    return new Layout(shape.clone(), strides, 0);
  }

  int rank() {
    return shape.length;
  }

  long elements() {
    long count = 1;
    for (long size : shape) {
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  /// Whether the elements lie one after another in logical order.
  boolean isContiguous() {
    long step = 1;
    for (int d = rank() - 1; d >= 0; d--) {
      if (shape[d] != 1 && strides[d] != step) {
        return elements() == 0;
      }
      step *= shape[d];
    }
    return true;
  }

  /// `dim` counted from 0; negative numbers count from the end.
  int dim(String op, int dim) {
    int rank = rank();
    ShapeException.check(
        dim >= -rank && dim < rank,
        rank == 0
            ? "%s: dimension %d does not exist in a scalar; give it one with unsqueeze(0)"
            : "%s: dimension %d does not exist in a tensor of %d dimensions; use %d to %d",
        op,
        dim,
        rank,
        -rank,
        rank - 1);
    return dim < 0 ? dim + rank : dim;
  }

  Layout permute(List<Integer> dims) {
    ShapeException.check(
        dims.stream().sorted().distinct().toList().size() == rank() && dims.size() == rank(),
        "permute: dimensions %s must name each of %d dimensions once",
        dims,
        rank());
    long[] sizes = new long[rank()];
    long[] steps = new long[rank()];
    for (int d = 0; d < rank(); d++) {
      int from = dim("permute", dims.get(d));
      sizes[d] = shape[from];
      steps[d] = strides[from];
    }
    return new Layout(sizes, steps, offset);
  }

  /// Indices `from` to `to` (exclusive) in steps of `step`, all already checked.
  Layout slice(int dim, long from, long to, long step) {
    long[] sizes = shape.clone();
    long[] steps = strides.clone();
    sizes[dim] = Math.max(0, Math.ceilDiv(to - from, step));
    steps[dim] = strides[dim] * step;
    return new Layout(sizes, steps, offset + from * strides[dim]);
  }

  Layout without(int dim, long index) {
    return new Layout(drop(shape, dim), drop(strides, dim), offset + index * strides[dim]);
  }

  Layout unsqueeze(int dim) {
    return new Layout(
        insert(shape, dim, 1),
        insert(strides, dim, dim < rank() ? shape[dim] * strides[dim] : 1),
        offset);
  }

  /// The same elements seen in `sizes`, where dimensions of size 1 and new leading ones repeat.
  Optional<Layout> expand(long[] sizes) {
    int extra = sizes.length - rank();
    if (extra < 0) {
      return Optional.empty();
    }
    long[] steps = new long[sizes.length];
    for (int d = 0; d < sizes.length; d++) {
      long old = d < extra ? 1 : shape[d - extra];
      if (old != sizes[d] && old != 1) {
        return Optional.empty();
      }
      steps[d] = d < extra || (old == 1 && sizes[d] != 1) ? 0 : strides[d - extra];
    }
    return Optional.of(new Layout(sizes.clone(), steps, offset));
  }

  /// Windows of `size` elements every `step` along `dim`, as a new last dimension.
  Layout unfold(int dim, long size, long step) {
    ShapeException.check(
        size >= 0 && size <= shape[dim] && step > 0,
        "unfold: windows of %d every %d do not fit dimension %d of %s; the size must be at most %d and"
            + " the step positive",
        size,
        step,
        dim,
        text(shape),
        shape[dim]);
    long[] sizes = insert(shape, rank(), size);
    long[] steps = insert(strides, rank(), strides[dim]);
    sizes[dim] = (shape[dim] - size) / step + 1;
    steps[dim] = strides[dim] * step;
    return new Layout(sizes, steps, offset);
  }

  /// The diagonal of dimensions `first` and `second` as a new last dimension.
  Layout diagonal(long above, int first, int second) {
    ShapeException.check(
        first != second, "diagonal: needs two different dimensions, got %d twice", first);
    long rows = shape[first] + Math.min(0, above);
    long columns = shape[second] - Math.max(0, above);
    long size = Math.max(0, Math.min(rows, columns));
    long start =
        size == 0 ? 0 : Math.max(0, above) * strides[second] - Math.min(0, above) * strides[first];
    int high = Math.max(first, second);
    int low = Math.min(first, second);
    long[] sizes = drop(drop(shape, high), low);
    long[] steps = drop(drop(strides, high), low);
    return new Layout(
        insert(sizes, sizes.length, size),
        insert(steps, steps.length, strides[first] + strides[second]),
        offset + start);
  }

  /// Whether two indices may lie at one place: some step is smaller than what lies inside it.
  boolean mayOverlap() {
    int[] order =
        IntStream.range(0, rank())
            .filter(d -> shape[d] > 1)
            .boxed()
            .sorted(Comparator.comparingLong(d -> Math.abs(strides[d])))
            .mapToInt(d -> d)
            .toArray();
    long extent = 0;
    for (int d : order) {
      long step = Math.abs(strides[d]);
      if (step <= extent) {
        return true;
      }
      extent += step * (shape[d] - 1);
    }
    return false;
  }

  /// The same elements in another shape without a copy, where the strides allow it.
  Optional<Layout> reshape(long[] sizes) {
    if (isContiguous()) {
      Layout dense = contiguous(sizes);
      return Optional.of(new Layout(dense.shape, dense.strides, offset));
    }
    int[] dims = IntStream.range(0, rank()).filter(d -> shape[d] != 1).toArray();
    long[] steps = new long[sizes.length];
    int at = 0;
    int to = 0;
    while (at < dims.length && to < sizes.length) {
      long have = shape[dims[at]];
      long want = sizes[to];
      int firstTo = to;
      while (have != want) {
        if (have < want) {
          int next = dims[at + 1];
          if (strides[dims[at]] != strides[next] * shape[next]) {
            return Optional.empty();
          }
          have *= shape[dims[++at]];
        } else {
          want *= sizes[++to];
        }
      }
      long step = strides[dims[at++]];
      for (int d = to++; d >= firstTo; d--) {
        steps[d] = step;
        step *= sizes[d];
      }
    }
    return Optional.of(new Layout(sizes.clone(), steps, offset));
  }

  /// `2x3`, or `scalar`.
  static String text(long[] shape) {
    if (shape.length == 0) {
      return "scalar";
    }
    return String.join("x", Arrays.stream(shape).mapToObj(Long::toString).toList());
  }

  static long[] drop(long[] values, int at) {
    long[] result = Arrays.copyOf(values, values.length - 1);
    System.arraycopy(values, at + 1, result, at, result.length - at);
    return result;
  }

  static long[] insert(long[] values, int at, long value) {
    long[] result = Arrays.copyOf(values, values.length + 1);
    System.arraycopy(values, at, result, at + 1, values.length - at);
    result[at] = value;
    return result;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Layout that
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(strides, that.strides)
        && offset == that.offset;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(shape) + Arrays.hashCode(strides)) + Long.hashCode(offset);
  }

  @Override
  public String toString() {
    return text(shape) + " strides " + Arrays.toString(strides) + " offset " + offset;
  }
}
