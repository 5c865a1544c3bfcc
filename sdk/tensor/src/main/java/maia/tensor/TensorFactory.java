package maia.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import maia.numerics.DType;

/// Functions that make tensors, called on [Tensor]: `Tensor.linspace(0, 1, 5)`.
public abstract sealed class TensorFactory permits Tensor {
  TensorFactory() {}

  /// The I64 values `from` to `to` (exclusive).
  public static Tensor arange(long from, long to) {
    return arange(from, to, 1);
  }

  /// Every `step`-th I64 value `from` to `to` (exclusive); `step` may be negative.
  public static Tensor arange(long from, long to, long step) {
    ShapeException.check(
        step != 0 && (to - from) * Long.signum(step) >= 0,
        "arange: %d does not lead from %d to %d; the step must point there and not be 0",
        step,
        from,
        to);
    long[] values = new long[Math.toIntExact(Math.ceilDiv(to - from, step))];
    Arrays.setAll(values, i -> from + i * step);
    return Host.tensor(values, DType.I64, values.length);
  }

  /// F32 values `from`, `from + step`, ... below `to` (above it for a negative step), each computed
  /// in fp64 from its index.
  public static Tensor arange(double from, double to, double step) {
    ShapeException.check(
        step != 0 && (to - from) / step >= 0,
        "arange: %s does not lead from %s to %s; the step must point there and not be 0",
        step,
        from,
        to);
    double[] values = new double[Math.toIntExact((long) Math.ceil((to - from) / step))];
    Arrays.setAll(values, i -> from + i * step);
    return Host.tensor(values, DType.F32, values.length);
  }

  /// `count` F32 values from `from` to `to`, both included, at equal distances.
  public static Tensor linspace(double from, double to, int count) {
    ShapeException.check(count >= 0, "linspace: count must not be negative, was %d", count);
    double step = count > 1 ? (to - from) / (count - 1) : 0;
    double[] values = new double[count];
    for (int i = 0; i < count; i++) { // from both ends, so that both are exact
      values[i] = i < count / 2 || count == 1 ? from + i * step : to - (count - 1 - i) * step;
    }
    return Host.tensor(values, DType.F32, count);
  }

  /// The F32 identity matrix.
  public static Tensor eye(int size) {
    return eye(size, size);
  }

  /// An F32 matrix with ones on the diagonal.
  public static Tensor eye(int rows, int columns) {
    Tensor result = Tensor.zeros(rows, columns);
    result.diagonal().fill_(1);
    return result;
  }

  /// An F32 tensor full of `value`.
  public static Tensor full(double value, long... shape) {
    return Tensor.full(value, DType.F32, shape);
  }

  /// A tensor of the shape, type and device of `x`, full of 0.
  public static Tensor zerosLike(Tensor x) {
    return Create.fullLike(x, 0);
  }

  /// A tensor of the shape, type and device of `x`, full of 1.
  public static Tensor onesLike(Tensor x) {
    return Create.fullLike(x, 1);
  }

  /// A tensor of the shape, type and device of `x`, full of `value`.
  public static Tensor fullLike(Tensor x, double value) {
    return Create.fullLike(x, value);
  }

  /// A tensor of the shape, type and device of `x`, to be written.
  public static Tensor emptyLike(Tensor x) {
    return Create.fullLike(x, 0);
  }

  /// A BOOL vector.
  public static Tensor ofBooleans(boolean... values) {
    return Host.tensor(values, values.length);
  }

  /// An F64 vector.
  public static Tensor ofDoubles(double... values) {
    return Host.tensor(values, DType.F64, values.length);
  }

  /// Coordinates of a grid: for vectors of m and n elements two tensors `[m, n]`, the first
  /// constant along rows, the second along columns, and so on for more (PyTorch's `indexing="ij"`).
  public static List<Tensor> meshgrid(Tensor... axes) {
    long[] shape =
        Arrays.stream(axes)
            .mapToLong(a -> {
              ShapeException.check(
                  a.rank() == 1, "meshgrid: needs vectors, got %s", Layout.text(a.shape()));
              return a.size(0);
            })
            .toArray();
    return IntStream.range(0, axes.length)
        .mapToObj(d -> {
          long[] along = new long[shape.length];
          Arrays.fill(along, 1);
          along[d] = shape[d];
          return axes[d].reshape(along).expand(shape);
        })
        .toList();
  }

  /// Tensors side by side: joined along the second dimension, vectors along their only one.
  public static Tensor hstack(List<Tensor> tensors) {
    boolean vectors = tensors.stream().allMatch(t -> t.rank() <= 1);
    return Tensor.cat(
        tensors.stream().map(t -> t.rank() == 0 ? t.reshape(1) : t).toList(), vectors ? 0 : 1);
  }

  /// Tensors on top of each other: joined along the first dimension, vectors as rows.
  public static Tensor vstack(List<Tensor> tensors) {
    return Tensor.cat(tensors.stream().map(t -> t.rank() < 2 ? t.reshape(1, -1) : t).toList(), 0);
  }

  /// Every choice of one element from each vector, as rows; the last vector changes fastest.
  public static Tensor cartesianProd(Tensor... vectors) {
    List<Tensor> grids = meshgrid(vectors);
    return Tensor.stack(grids.stream().map(Tensor::flatten).toList(), -1);
  }

  /// Every choice of two different places of a vector, in order, as rows.
  public static Tensor pairs(Tensor vector) {
    Tensor places =
        triuIndices(Math.toIntExact(vector.size(0)), Math.toIntExact(vector.size(0)), 1);
    return vector.get(Index.of(places.t()));
  }

  /// `base` to the power of `count` evenly spaced exponents.
  public static Tensor logspace(double from, double to, int count, double base) {
    return Tensor.full(base, count).pow(Tensor.linspace(from, to, count));
  }

  /// Rows and columns `[2, n]` of the elements on and below a diagonal, in row order, as I64.
  public static Tensor trilIndices(int rows, int columns, int diagonal) {
    return Tensor.ones(rows, columns).tril(diagonal).nonzero().t();
  }

  /// Rows and columns `[2, n]` of the elements on and above a diagonal, in row order, as I64.
  public static Tensor triuIndices(int rows, int columns, int diagonal) {
    return Tensor.ones(rows, columns).triu(diagonal).nonzero().t();
  }

  /// Matrices along the diagonal of one, zeros elsewhere.
  public static Tensor blockDiag(Tensor... blocks) {
    long width = Arrays.stream(blocks).mapToLong(b -> b.size(1)).sum();
    List<Tensor> rows = new ArrayList<>();
    long left = 0;
    for (Tensor block : blocks) {
      int before = Math.toIntExact(left);
      int after = Math.toIntExact(width - left - block.size(1));
      rows.add(Spatial.pad(block, 0.0, before, after));
      left += block.size(1);
    }
    return Tensor.cat(rows, 0);
  }

  /// Opens a [Scope]: tensors made by this thread before its end are freed there.
  public static Scope scope() {
    return new Scope();
  }
}
