package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The views of a [Tensor]: the same memory seen in another shape.
public sealed interface TensorViews permits Tensor {
  /// This tensor.
  Tensor self();

  /// The same elements in another shape; one size may be -1 and is derived. A copy where the
  /// strides do not allow a view.
  default Tensor reshape(long... shape) {
    long[] sizes = View.derive(self(), shape);
    Tensor source = View.canReshape(self(), sizes) ? self() : contiguous();
    return Dispatch.run(new View.Reshape(Shapes.list(sizes)), source);
  }

  /// As [#reshape], refused where it would copy.
  default Tensor view(long... shape) {
    long[] sizes = View.derive(self(), shape);
    ShapeException.check(
        View.canReshape(self(), sizes),
        "view: %s cannot be seen as %s without a copy; use reshape",
        self().layout(),
        Layout.text(sizes));
    return Dispatch.run(new View.Reshape(Shapes.list(sizes)), self());
  }

  /// All dimensions in one.
  default Tensor flatten() {
    return reshape(-1);
  }

  /// The dimensions in another order.
  default Tensor permute(int... dims) {
    return Dispatch.run(new View.Permute(Arrays.stream(dims).boxed().toList()), self());
  }

  /// Two dimensions exchanged.
  default Tensor transpose(int a, int b) {
    int[] order = IntStream.range(0, self().rank()).toArray();
    int first = self().layout().dim("transpose", a);
    int second = self().layout().dim("transpose", b);
    order[first] = second;
    order[second] = first;
    return permute(order);
  }

  /// A matrix transposed.
  default Tensor t() {
    ShapeException.check(
        self().rank() == 2,
        "t: needs a matrix, the shape is %s; use transpose(a, b)",
        Layout.text(self().shape()));
    return transpose(0, 1);
  }

  /// Indices `from` to `to` (exclusive) of dimension `dim`.
  default Tensor slice(int dim, long from, long to) {
    return slice(dim, from, to, 1);
  }

  /// Every `step`-th index from `from` to `to` (exclusive) of dimension `dim`.
  default Tensor slice(int dim, long from, long to, long step) {
    int d = self().layout().dim("slice", dim);
    return Dispatch.run(new View.Slice(d, from, to, step), self());
  }

  /// `length` indices of dimension `dim` from `start`.
  default Tensor narrow(int dim, long start, long length) {
    return slice(dim, start, start + length);
  }

  /// Index `index` of dimension `dim`, which disappears; negative numbers count from the end.
  default Tensor select(int dim, long index) {
    int d = self().layout().dim("select", dim);
    long size = self().size(d);
    ShapeException.check(
        index >= -size && index < size,
        "select: index %d does not exist in dimension %d of size %d",
        index,
        d,
        size);
    return Dispatch.run(new View.Select(d, index < 0 ? index + size : index), self());
  }

  /// Indices of the leading dimensions: `x.get(2)` is a row, `x.get(2, 0)` its first element.
  default Tensor get(long... index) {
    Tensor at = self();
    for (long i : index) {
      at = at.select(0, i);
    }
    return at;
  }

  /// A new dimension of size 1 before `dim`.
  default Tensor unsqueeze(int dim) {
    int rank = self().rank();
    ShapeException.check(
        dim >= -rank - 1 && dim <= rank,
        "unsqueeze: position %d does not exist in a tensor of %d dimensions; use %d to %d",
        dim,
        rank,
        -rank - 1,
        rank);
    return Dispatch.run(new View.Unsqueeze(dim < 0 ? dim + rank + 1 : dim), self());
  }

  /// Without dimension `dim`, which must have size 1.
  default Tensor squeeze(int dim) {
    int d = self().layout().dim("squeeze", dim);
    ShapeException.check(
        self().size(d) == 1,
        "squeeze: dimension %d of %s has size %d, must be 1",
        d,
        Layout.text(self().shape()),
        self().size(d));
    return Dispatch.run(new View.Select(d, 0), self());
  }

  /// Without any dimension of size 1.
  default Tensor squeeze() {
    Tensor at = self();
    for (int d = at.rank() - 1; d >= 0; d--) {
      at = at.size(d) == 1 ? at.squeeze(d) : at;
    }
    return at;
  }

  /// Dimensions of size 1, and new leading ones, repeated to `shape` without a copy.
  default Tensor expand(long... shape) {
    return Dispatch.run(new View.Expand(Shapes.list(shape)), self());
  }

  /// This tensor, or a copy in row order where it is a view in another order.
  default Tensor contiguous() {
    return self().isContiguous() ? self() : Dispatch.run(new Conversion.Contiguous(), self());
  }

  /// The parts of dimension `dim`, each `length` long, the last one shorter where needed.
  default List<Tensor> split(int dim, long length) {
    ShapeException.check(length > 0, "split: length must be positive, was %d", length);
    long size = self().size(dim);
    return IntStream.range(0, Math.toIntExact(Math.ceilDiv(size, length)))
        .mapToObj(i -> slice(dim, i * length, Math.min(size, (i + 1) * length)))
        .toList();
  }
}
