package maia.tensor;

/// More reductions of a [Tensor], and running ones. Without dimensions everything is reduced.
public sealed interface TensorReductions permits Tensor {
  /// This tensor.
  Tensor self();

  /// Values and where they were found.
  ///
  /// @param values the elements
  /// @param indices their places along the dimension, as I64
  record Indexed(Tensor values, Tensor indices) {}

  // ---------------------------------------------------------------- moments, products

  /// The variance over `dims`, divided by the count minus 1.
  default Tensor var(int... dims) {
    return var(1, Dims.DROP, dims);
  }

  /// The variance over `dims`, divided by the count minus `correction`.
  default Tensor var(int correction, Dims keep, int... dims) {
    return Statistics.variance(self(), correction, keep, dims);
  }

  /// The square root of [#var(int...)].
  default Tensor std(int... dims) {
    return std(1, Dims.DROP, dims);
  }

  /// The square root of [#var(int, Dims, int...)].
  default Tensor std(int correction, Dims keep, int... dims) {
    return var(correction, keep, dims).sqrt();
  }

  /// The product of all elements, of pairs, of pairs of those, and so on; of integers and truth
  /// values as I64.
  default Tensor prod() {
    return Statistics.product(Statistics.whole(self()).flatten(), 0, Dims.DROP);
  }

  /// The product over `dim`; of integers and truth values as I64.
  default Tensor prod(Dims keep, int dim) {
    return Shapes.isOfScalar(self(), dim)
        ? prod()
        : Statistics.product(Statistics.whole(self()), self().layout().dim("prod", dim), keep);
  }

  /// log(sum(exp(x))) over `dims`, without overflow.
  default Tensor logsumexp(int... dims) {
    return logsumexp(Dims.DROP, dims);
  }

  /// log(sum(exp(x))) over `dims`, without overflow.
  default Tensor logsumexp(Dims keep, int... dims) {
    return Statistics.logSumExp(self(), keep, dims);
  }

  /// The p-norm over `dims`; p may be 0, infinite, or minus infinity. Its gradient at 0 is 0.
  default Tensor norm(double p, int... dims) {
    return norm(p, Dims.DROP, dims);
  }

  /// The p-norm over `dims`.
  default Tensor norm(double p, Dims keep, int... dims) {
    return Statistics.norm(self(), p, keep, dims);
  }

  /// The square root of the sum of squares.
  default Tensor norm() {
    return norm(2);
  }

  // ---------------------------------------------------------------- truth

  /// Whether any element over `dims` is not 0.
  default Tensor any(int... dims) {
    return self().ne(0L).sum(dims).gt(0L);
  }

  /// Whether every element over `dims` is not 0.
  default Tensor all(int... dims) {
    return self().eq(0L).sum(dims).eq(0L);
  }

  /// How many elements over `dims` are not 0, as I64.
  default Tensor countNonzero(int... dims) {
    return self().ne(0L).sum(dims);
  }

  // ---------------------------------------------------------------- choices

  /// The largest elements along `dim` and the first places where they are.
  default Indexed max(int dim) {
    return at(dim, self().detach().argmax(dim));
  }

  /// The smallest elements along `dim` and the first places where they are.
  default Indexed min(int dim) {
    return at(dim, argmin(dim));
  }

  private Indexed at(int dim, Tensor index) {
    if (Shapes.isOfScalar(self(), dim)) {
      return new Indexed(self(), index);
    }
    Tensor values = self().gather(dim, index.unsqueeze(self().layout().dim("max", dim)));
    return new Indexed(values.squeeze(dim), index);
  }

  /// The index of the first smallest element along `dim`, as I64; NaN elements are passed over.
  default Tensor argmin(int dim) {
    return Order.index("argmin", self(), dim, new Order.First());
  }

  /// The place of the first largest element in row order, as I64.
  default Tensor argmax() {
    return self().flatten().argmax(0);
  }

  /// The place of the first smallest element in row order, as I64.
  default Tensor argmin() {
    return self().flatten().argmin(0);
  }

  /// The middle elements along `dim` and their places; of an even count the lower of two; NaN where
  /// there is one.
  default Indexed median(int dim) {
    return Statistics.median(self(), dim);
  }

  /// The middle element; of an even count the lower of two; NaN where there is one.
  default Tensor median() {
    return self().flatten().median(0).values();
  }

  /// The `k`-th smallest elements along `dim`, counted from 1, and their places.
  default Indexed kthvalue(int k, int dim) {
    long count = Shapes.isOfScalar(self(), dim) ? 1 : self().size(dim);
    ShapeException.check(
        k > 0 && k <= count,
        "kthvalue: k must be from 1 to the %d elements of dimension %d, was %d",
        count,
        dim,
        k);
    Indexed sorted = self().sort(dim);
    if (self().rank() == 0) {
      return sorted;
    }
    return new Indexed(sorted.values().select(dim, k - 1L), sorted.indices().select(dim, k - 1L));
  }

  /// The value below which a share `q` (0 to 1) of the elements along `dim` lies, between two
  /// neighbours on a line.
  default Tensor quantile(double q, int dim) {
    return Statistics.quantile(self(), q, dim);
  }

  // ---------------------------------------------------------------- order

  /// The elements along `dim` from small to large, equal ones in their order, NaN last; and where
  /// they were.
  default Indexed sort(int dim) {
    return taken(dim, argsort(dim));
  }

  /// As [#sort(int)], from large to small, NaN first.
  default Indexed sortDescending(int dim) {
    return taken(dim, argsortDescending(dim));
  }

  private Indexed taken(int dim, Tensor index) {
    if (Shapes.isOfScalar(self(), dim)) {
      return new Indexed(self(), index);
    }
    return new Indexed(self().gather(dim, index), index);
  }

  /// The places from the smallest element along `dim` to the largest, as I64.
  default Tensor argsort(int dim) {
    return Order.index("argsort", self(), dim, new Order.Sorted(Order.Direction.UP));
  }

  /// The places from the largest element along `dim` to the smallest, as I64.
  default Tensor argsortDescending(int dim) {
    return Order.index("argsort", self(), dim, new Order.Sorted(Order.Direction.DOWN));
  }

  /// The `k` largest elements along `dim`, from large to small, and their places.
  default Indexed topk(int k, int dim) {
    if (Shapes.isOfScalar(self(), dim) && k == 1) {
      return taken(dim, argsortDescending(dim));
    }
    ShapeException.check(
        k >= 0 && k <= self().size(dim),
        "topk: k must be at most the %d elements of dimension %d, was %d",
        self().size(dim),
        dim,
        k);
    return taken(dim, argsortDescending(dim).narrow(dim, 0, k));
  }

  // ---------------------------------------------------------------- running

  /// The sum of the elements up to each one along `dim`; of integers as I64.
  default Tensor cumsum(int dim) {
    if (Shapes.isOfScalar(self(), dim)) {
      return self().reshape(1).cumsum(0).reshape();
    }
    return Dispatch.run(
        new RunningSum(self().layout().dim("cumsum", dim), RunningSum.From.START), self());
  }

  /// The product of the elements up to each one along `dim`; of integers and truth values as I64.
  default Tensor cumprod(int dim) {
    return Statistics.running("cumprod", Statistics.whole(self()), dim, Tensor::mul);
  }

  /// log(sum(exp)) of the elements up to each one along `dim`.
  default Tensor logcumsumexp(int dim) {
    return Statistics.running("logcumsumexp", self(), dim, Tensor::logaddexp);
  }

  /// The largest element up to each one along `dim`, and its place, the last of equals.
  default Indexed cummax(int dim) {
    return taken(dim, Order.index("cummax", self(), dim, new Order.Running(Order.Direction.UP)));
  }

  /// The smallest element up to each one along `dim`, and its place, the last of equals.
  default Indexed cummin(int dim) {
    return taken(dim, Order.index("cummin", self(), dim, new Order.Running(Order.Direction.DOWN)));
  }

  /// Each element minus the one before along `dim`.
  default Tensor diff(int dim) {
    int d = self().layout().dim("diff", dim);
    long size = self().size(d);
    ShapeException.check(size > 0, "diff: dimension %d of %s has no elements", d, self().layout());
    return self().slice(d, 1, size).sub(self().slice(d, 0, size - 1));
  }

  // ---------------------------------------------------------------- sets, counts

  /// The different elements in ascending order, where each element went, and how many there were.
  default Sets.Unique unique() {
    return Sets.unique(self());
  }

  /// For each of `values`, the first place at which this ascending sequence (its last dimension) is
  /// not below it, as I64; after equal elements with `side` RIGHT.
  default Tensor searchsorted(Tensor values, Sets.Side side) {
    return Dispatch.run(new Sets.Search(side), self(), values);
  }

  /// How often each whole number from 0 occurs in this integer vector, at least `minLength` counts.
  default Tensor bincount(int minLength) {
    return Sets.bincount(self(), minLength);
  }

  /// How many elements fall into each of `bins` equal parts of `low` to `high`, which belongs to
  /// the last part; others are not counted.
  default Tensor histc(int bins, double low, double high) {
    return Sets.histc(self(), bins, low, high);
  }
}
