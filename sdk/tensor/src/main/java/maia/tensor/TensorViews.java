package maia.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

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

  /// Dimensions `from` to `to` (inclusive) in one.
  default Tensor flatten(int from, int to) {
    if (self().rank() == 0) {
      return reshape(1);
    }
    int first = self().layout().dim("flatten", from);
    int last = self().layout().dim("flatten", to);
    ShapeException.check(
        first <= last, "flatten: dimension %d comes after dimension %d", first, last);
    long[] shape = self().shape();
    long joined = 1;
    for (int d = first; d <= last; d++) {
      joined *= shape[d];
    }
    long[] sizes = Arrays.copyOf(shape, shape.length - (last - first));
    sizes[first] = joined;
    System.arraycopy(shape, last + 1, sizes, first + 1, shape.length - last - 1);
    return reshape(sizes);
  }

  /// Dimension `dim` split into `sizes`, of which one may be -1: the inverse of
  /// [#flatten(int,int)].
  default Tensor unflatten(int dim, long... sizes) {
    int d = self().layout().dim("unflatten", dim);
    long[] shape = self().shape();
    long known = Arrays.stream(sizes).filter(n -> n >= 0).reduce(1, Math::multiplyExact);
    long open = Arrays.stream(sizes).filter(n -> n < 0).count();
    boolean fits = open == 0 ? known == shape[d] : known > 0 && shape[d] % known == 0;
    ShapeException.check(
        fits && open <= 1,
        "unflatten: dimension %d of %s has size %d, it does not split into %s",
        d,
        Layout.text(shape),
        shape[d],
        Arrays.toString(sizes));
    LongStream parts = Arrays.stream(sizes).map(n -> n < 0 ? shape[d] / known : n);
    LongStream after = Arrays.stream(shape, d + 1, shape.length);
    return reshape(
        LongStream.concat(LongStream.concat(Arrays.stream(shape, 0, d), parts), after).toArray());
  }

  /// The shape of `other`; see [#reshape].
  default Tensor reshapeAs(Tensor other) {
    return reshape(other.shape());
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

  /// Dimension `from` moved to position `to`, the others in their order.
  default Tensor movedim(int from, int to) {
    int source = self().layout().dim("movedim", from);
    int target = self().layout().dim("movedim", to);
    List<Integer> order = new ArrayList<>();
    IntStream.range(0, self().rank()).filter(d -> d != source).forEach(order::add);
    order.add(target, source);
    return permute(order.stream().mapToInt(d -> d).toArray());
  }

  /// The last two dimensions exchanged.
  default Tensor mT() {
    ShapeException.check(
        self().rank() >= 2,
        "mT: needs at least two dimensions, the shape is %s",
        Layout.text(self().shape()));
    return transpose(-2, -1);
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

  /// `length` indices of dimension `dim` from `start`; a negative start counts from the end.
  default Tensor narrow(int dim, long start, long length) {
    long from = start < 0 ? start + self().size(dim) : start;
    return slice(dim, from, from + length);
  }

  /// Windows of `size` elements, one every `step`, along dimension `dim`, as a new last dimension.
  default Tensor unfold(int dim, long size, long step) {
    return Dispatch.run(new View.Unfold(self().layout().dim("unfold", dim), size, step), self());
  }

  /// The diagonal of a matrix.
  default Tensor diagonal() {
    return diagonal(0, 0, 1);
  }

  /// The diagonal `offset` above the main one of dimensions `first` and `second`, as a new last
  /// dimension; `offset` is negative below.
  default Tensor diagonal(long offset, int first, int second) {
    int rows = self().layout().dim("diagonal", first);
    int columns = self().layout().dim("diagonal", second);
    return Dispatch.run(new View.Diagonal(offset, rows, columns), self());
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

  /// Without dimension `dim` where it has size 1; as it is where it has another one.
  default Tensor squeeze(int dim) {
    if (Shapes.isOfScalar(self(), dim)) {
      return self();
    }
    int d = self().layout().dim("squeeze", dim);
    return self().size(d) == 1 ? Dispatch.run(new View.Select(d, 0), self()) : self();
  }

  /// Without any dimension of size 1.
  default Tensor squeeze() {
    Tensor at = self();
    for (int d = at.rank() - 1; d >= 0; d--) {
      at = at.size(d) == 1 ? at.squeeze(d) : at;
    }
    return at;
  }

  /// Dimensions of size 1, and new leading ones, repeated to `shape` without a copy; -1 keeps a
  /// size.
  default Tensor expand(long... shape) {
    long[] sizes = shape.clone();
    int extra = sizes.length - self().rank();
    for (int d = Math.max(0, extra); d < sizes.length; d++) {
      sizes[d] = sizes[d] == -1 ? self().size(d - extra) : sizes[d];
    }
    return Dispatch.run(new View.Expand(Shapes.list(sizes)), self());
  }

  /// Repeated to the shape of `other` without a copy.
  default Tensor expandAs(Tensor other) {
    return expand(other.shape());
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

  /// `count` parts of dimension `dim` of equal length, the last one shorter, fewer where the length
  /// does not divide.
  default List<Tensor> chunk(int count, int dim) {
    ShapeException.check(count > 0, "chunk: count must be positive, was %d", count);
    return split(dim, Math.max(1, Math.ceilDiv(self().size(dim), count)));
  }

  /// The parts of dimension `dim` of the given lengths, which add up to its size.
  default List<Tensor> split(int dim, long... lengths) {
    ShapeException.check(
        Arrays.stream(lengths).sum() == self().size(dim)
            && Arrays.stream(lengths).allMatch(n -> n >= 0),
        "split: lengths %s do not add up to %d, the size of dimension %d",
        Arrays.toString(lengths),
        self().size(dim),
        dim);
    List<Tensor> parts = new ArrayList<>();
    long at = 0;
    for (long length : lengths) {
      parts.add(narrow(dim, at, length));
      at += length;
    }
    return parts;
  }

  /// Each index of dimension `dim` on its own, without that dimension.
  default List<Tensor> unbind(int dim) {
    int count = Math.toIntExact(self().size(dim));
    return IntStream.range(0, count).mapToObj(i -> self().select(dim, i)).toList();
  }

  // ---------------------------------------------------------------- copies in another order

  /// A copy with the named dimensions in reverse order.
  default Tensor flip(int... dims) {
    List<Integer> named =
        Arrays.stream(dims).map(d -> self().layout().dim("flip", d)).sorted().boxed().toList();
    ShapeException.check(
        named.stream().distinct().count() == named.size(),
        "flip: dimensions %s name one twice",
        Arrays.toString(dims));
    return Dispatch.run(new Flip(named), self());
  }

  /// A copy in which index i of dimension `dim` has moved to i + `shift`, round the end.
  default Tensor roll(long shift, int dim) {
    long size = self().size(dim);
    long by = size == 0 ? 0 : Math.floorMod(shift, size);
    return by == 0
        ? self().clone()
        : Tensor.cat(List.of(narrow(dim, size - by, by), narrow(dim, 0, size - by)), dim);
  }

  /// Copies side by side, `times[d]` of them along dimension d; more numbers than dimensions make
  /// new leading ones.
  default Tensor repeat(long... times) {
    int extra = times.length - self().rank();
    ShapeException.check(
        extra >= 0 && Arrays.stream(times).allMatch(n -> n >= 0),
        "repeat: needs a count of 0 or more for each of %d dimensions, got %s",
        self().rank(),
        Arrays.toString(times));
    long[] spread = new long[2 * times.length];
    long[] repeated = new long[2 * times.length];
    long[] joined = new long[times.length];
    for (int d = 0; d < times.length; d++) {
      long size = d < extra ? 1 : self().size(d - extra);
      spread[2 * d] = 1;
      repeated[2 * d] = times[d];
      spread[2 * d + 1] = size;
      repeated[2 * d + 1] = size;
      joined[d] = times[d] * size;
    }
    return reshape(spread).expand(repeated).clone().reshape(joined);
  }

  /// As [#repeat], but fewer numbers than dimensions count from the last one.
  default Tensor tile(long... times) {
    int missing = Math.max(0, self().rank() - times.length);
    return repeat(
        LongStream.concat(LongStream.generate(() -> 1).limit(missing), Arrays.stream(times))
            .toArray());
  }

  /// Each index of dimension `dim` `times` times in a row.
  default Tensor repeatInterleave(long times, int dim) {
    int d = self().layout().dim("repeatInterleave", dim);
    ShapeException.check(
        times >= 0, "repeatInterleave: the count must not be negative, was %d", times);
    long[] shape = Layout.insert(self().shape(), d + 1, times);
    return unsqueeze(d + 1).expand(shape).clone().flatten(d, d + 1);
  }
}
