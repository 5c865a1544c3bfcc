package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Choosing and writing elements of a [Tensor] by position, as PyTorch does it.
public sealed interface TensorIndexing permits Tensor {
  /// This tensor.
  Tensor self();

  // ---------------------------------------------------------------- x[...]

  /// The elements that an index names, as PyTorch's `x[..]`: a view where no part is a tensor, else
  /// a copy. Tensors of positions broadcast; their shape stands where the indexed dimensions were,
  /// or first where those are not neighbours.
  default Tensor get(Index first, Index... rest) {
    return Indexing.of(self(), join(first, rest)).get();
  }

  /// As [#get(Index, Index...)] with the index as text, such as `"1:, ..., -1"`.
  default Tensor get(String index) {
    return Indexing.of(self(), Index.parse(index)).get();
  }

  /// Writes `values`, broadcast and rounded to this type, to the places that an index names: `x[..]
  /// = values`. Of several values for one place the last in row order stays. Returns this tensor.
  default Tensor put_(Tensor values, Index first, Index... rest) {
    Indexing.of(self(), join(first, rest)).write(values, Choice.Write.SET, "put_");
    return self();
  }

  /// As [#put_(Tensor, Index, Index...)] with one value for all places.
  default Tensor put_(double value, Index first, Index... rest) {
    return put_(Create.valueLike(self(), value), first, rest);
  }

  /// As [#put_(Tensor, Index, Index...)] with the index as text.
  default Tensor put_(Tensor values, String index) {
    Indexing.of(self(), Index.parse(index)).write(values, Choice.Write.SET, "put_");
    return self();
  }

  /// As [#put_(Tensor, String)] with one value for all places.
  default Tensor put_(double value, String index) {
    return put_(Create.valueLike(self(), value), index);
  }

  /// Adds `values` at the places that an index names; a place named twice gets both. Returns this
  /// tensor.
  default Tensor putAdd_(Tensor values, Index first, Index... rest) {
    Indexing.of(self(), join(first, rest)).write(values, Choice.Write.ADD, "putAdd_");
    return self();
  }

  private static List<Index> join(Index first, Index... rest) {
    return Stream.concat(Stream.of(first), Arrays.stream(rest)).toList();
  }

  // ---------------------------------------------------------------- by position

  /// The indices of dimension `dim` that the integer vector `index` names.
  default Tensor indexSelect(int dim, Tensor index) {
    int d = self().layout().dim("indexSelect", dim);
    ShapeException.check(
        index.rank() == 1 && index.dtype("indexSelect").isInteger(),
        "indexSelect: needs an integer vector, got %s %s",
        index.type().label(),
        Layout.text(index.shape()));
    return Indexing.of(self(), along(d, index)).get();
  }

  /// A copy in which `values` are added at the indices of dimension `dim` that `index` names.
  default Tensor indexAdd(int dim, Tensor index, Tensor values) {
    Tensor result = self().clone();
    Indexing at = Indexing.of(result, along(self().layout().dim("indexAdd", dim), index));
    Tensor[] operands = at.inputs(at.arranged(), at.valuesFirst(values.to(self().dtype())));
    return at.restored(Dispatch.run(new Choice.Put(1, Choice.Write.ADD), operands));
  }

  private static List<Index> along(int dim, Tensor index) {
    Stream<Index> before = Stream.generate(Index::all).limit(dim);
    return Stream.concat(before, Stream.of(Index.of(index))).toList();
  }

  /// For dimension 0: `out[i][j] = x[index[i][j]][j]`; `index` has the shape of the result.
  default Tensor gather(int dim, Tensor index) {
    return Dispatch.run(new Choice.Gather(self().layout().dim("gather", dim)), self(), index);
  }

  /// A copy in which, for dimension 0, `out[index[i][j]][j] = values[i][j]`. Of several values for
  /// one place the last in row order stays.
  default Tensor scatter(int dim, Tensor index, Tensor values) {
    int d = self().layout().dim("scatter", dim);
    Tensor part = fit(values, index);
    return Dispatch.run(new Choice.ScatterTo(d, Choice.Write.SET), self(), part, index);
  }

  /// As [#scatter(int, Tensor, Tensor)] with one value for all places.
  default Tensor scatter(int dim, Tensor index, double value) {
    return scatter(dim, index, Create.valueLike(self(), value).expand(index.shape()));
  }

  /// As [#scatter(int, Tensor, Tensor)], but values are added to what is there.
  default Tensor scatterAdd(int dim, Tensor index, Tensor values) {
    int d = self().layout().dim("scatterAdd", dim);
    Tensor part = fit(values, index);
    return Dispatch.run(new Choice.ScatterTo(d, Choice.Write.ADD), self(), part, index);
  }

  /// As [#scatter(int, Tensor, Tensor)], in place.
  default Tensor scatter_(int dim, Tensor index, Tensor values) {
    return InPlace.write(self(), "scatter_", x -> x.scatter(dim, index, values));
  }

  /// As [#scatterAdd(int, Tensor, Tensor)], in place.
  default Tensor scatterAdd_(int dim, Tensor index, Tensor values) {
    return InPlace.write(self(), "scatterAdd_", x -> x.scatterAdd(dim, index, values));
  }

  /// As [#indexAdd(int, Tensor, Tensor)], in place.
  default Tensor indexAdd_(int dim, Tensor index, Tensor values) {
    return InPlace.write(self(), "indexAdd_", x -> x.indexAdd(dim, index, values));
  }

  /// The part of `values` that `index` has a place for.
  private static Tensor fit(Tensor values, Tensor index) {
    Tensor part = values;
    for (int d = 0; d < Math.min(values.rank(), index.rank()); d++) {
      part = part.size(d) > index.size(d) ? part.narrow(d, 0, index.size(d)) : part;
    }
    return part;
  }

  /// The elements at positions of this tensor seen as a vector, in the shape of `index`.
  default Tensor take(Tensor index) {
    return self().flatten().get(Index.of(index));
  }

  // ---------------------------------------------------------------- by condition

  /// `then` where this BOOL tensor is true, else `otherwise`.
  default Tensor where(Tensor then, double otherwise) {
    return self().where(then, Create.scalarLike(then, otherwise));
  }

  /// `then` where this BOOL tensor is true, else `otherwise`.
  default Tensor where(double then, Tensor otherwise) {
    return self().where(Create.scalarLike(otherwise, then), otherwise);
  }

  /// `value`, in this tensor's type, where the BOOL `mask`, which broadcasts, is true.
  default Tensor maskedFill(Tensor mask, double value) {
    return mask.where(Create.valueLike(self(), value), self());
  }

  /// As [#maskedFill], in place.
  default Tensor maskedFill_(Tensor mask, double value) {
    return InPlace.write(self(), "maskedFill_", x -> x.maskedFill(mask, value));
  }

  /// The elements where the BOOL `mask` is true, as a vector in row order; the two broadcast.
  default Tensor maskedSelect(Tensor mask) {
    long[] shape = Shapes.broadcast("maskedSelect", self(), mask);
    if (shape.length == 0) {
      return self().reshape(1).get(Index.of(mask.reshape(1)));
    }
    return self().expand(shape).get(Index.of(mask.expand(shape)));
  }

  /// The indices of the elements that are not 0: one row for each, in row order, as I64.
  default Tensor nonzero() {
    return Dispatch.run(new Nonzero(), self());
  }
}
