package maia.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maia.numerics.DType;

/// Elements chosen by tensors of positions, and the writing of elements to such places. Additions
/// happen in row order of the positions, in fp32 (fp64, integers), and are rounded once.
public sealed interface Choice extends Op {
  /// What writing to a place does.
  enum Write {
    /// The last value stays.
    SET,
    /// Values are added to what is there.
    ADD,
  }

  /// The sub-tensors of x at positions of its first `dims` dimensions. Inputs: x, then one tensor
  /// of positions per dimension; these broadcast, and their shape replaces those dimensions.
  record Take(int dims) implements Choice {
    @Override
    public String name() {
      return "get";
    }
  }

  /// x with `values` written to positions of its first `dims` dimensions. Inputs: x, values in the
  /// shape of [Take]'s result, the positions.
  record Put(int dims, Write how) implements Choice {
    @Override
    public String name() {
      return "put";
    }
  }

  /// `out[i][j] = x[index[i][j]][j]`, here for dimension 0. Inputs: x, index.
  record Gather(int dim) implements Choice {}

  /// x with `out[index[i][j]][j] = values[i][j]`, here for dimension 0. Inputs: x, values, index.
  record ScatterTo(int dim, Write how) implements Choice {
    @Override
    public String name() {
      return how == Write.ADD ? "scatterAdd" : "scatter";
    }
  }

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    DType type = x.dtype(name());
    return switch (this) {
      case Take(var dims) -> Tensor.meta(type, taken(x, dims, inputs.subList(1, inputs.size())));
      case Put(var dims, _) -> {
        long[] place = taken(x, dims, inputs.subList(2, inputs.size()));
        checkValues(x, inputs.get(1), place);
        yield Tensor.meta(type, x.shape());
      }
      case Gather(var dim) -> {
        checkIndex(x, inputs.get(1), dim);
        yield Tensor.meta(type, inputs.get(1).shape());
      }
      case ScatterTo(var dim, _) -> {
        checkIndex(x, inputs.get(2), dim);
        checkValues(x, inputs.get(1), inputs.get(2).shape());
        yield Tensor.meta(type, x.shape());
      }
    };
  }

  private static long[] taken(Tensor x, int dims, List<Tensor> positions) {
    long[] chosen = broadcast(positions);
    long[] shape = x.layout().shape();
    long[] result = Arrays.copyOf(chosen, chosen.length + shape.length - dims);
    System.arraycopy(shape, dims, result, chosen.length, shape.length - dims);
    return result;
  }

  /// The shape that all tensors of positions broadcast to.
  static long[] broadcast(List<Tensor> positions) {
    Tensor shape = Tensor.meta(DType.I64, positions.getFirst().shape());
    for (Tensor next : positions.subList(1, positions.size())) {
      shape = Tensor.meta(DType.I64, Shapes.broadcast("index", shape, next));
    }
    return shape.shape();
  }

  private void checkValues(Tensor x, Tensor values, long[] place) {
    ShapeException.check(
        Arrays.equals(values.layout().shape(), place) && values.type().equals(x.type()),
        "%s: values are %s %s, must be %s %s",
        name(),
        values.type().label(),
        Layout.text(values.layout().shape()),
        x.type().label(),
        Layout.text(place));
  }

  private void checkIndex(Tensor x, Tensor index, int dim) {
    boolean fits = index.dtype(name()).isInteger() && index.rank() == x.rank();
    for (int d = 0; fits && d < x.rank(); d++) {
      fits = d == dim || index.size(d) <= x.size(d);
    }
    ShapeException.check(
        fits,
        "%s: the index is %s %s, it must hold integers, have %d dimensions and, except in dimension"
            + " %d, fit %s",
        name(),
        index.type().label(),
        Layout.text(index.layout().shape()),
        x.rank(),
        dim,
        Layout.text(x.layout().shape()));
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    return switch (this) {
      case Take(var dims) ->
          ChoiceHost.take(meta(inputs), inputs.getFirst(), dims, inputs.subList(1, inputs.size()));
      case Put(var dims, var how) -> {
        meta(inputs);
        List<Tensor> positions = inputs.subList(2, inputs.size());
        yield ChoiceHost.put(inputs.get(0), inputs.get(1), dims, positions, how);
      }
      case Gather(var dim) -> ChoiceHost.gather(meta(inputs), inputs.get(0), inputs.get(1), dim);
      case ScatterTo(var dim, var how) -> {
        meta(inputs);
        yield ChoiceHost.scatter(inputs.get(0), inputs.get(1), inputs.get(2), dim, how);
      }
    };
  }

  @Override
  default Reads reads() {
    return Reads.INPUTS;
  }

  /// Only the positions matter.
  @Override
  default boolean readsInput(int index) {
    return switch (this) {
      case Take _, Gather _ -> index > 0;
      case Put _, ScatterTo _ -> index > 1;
    };
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor g) {
    Tensor x = inputs.getFirst();
    return rest(
        inputs.size(),
        switch (this) {
          case Take(var dims) -> {
            List<Tensor> at = inputs.subList(1, inputs.size());
            Op put = new Put(dims, Write.ADD);
            yield List.of(
                Autograd.wanted(x, () -> run(put, List.of(Create.fullLike(x, 0), g), at)));
          }
          case Put(var dims, var how) -> {
            List<Tensor> at = inputs.subList(2, inputs.size());
            Tensor values = inputs.get(1);
            Tensor zero = Create.fullLike(values, 0);
            yield List.of(
                Autograd.wanted(x, () -> how == Write.ADD ? g : run(this, List.of(g, zero), at)),
                Autograd.wanted(values, () -> run(new Take(dims), List.of(g), at)));
          }
          case Gather(var dim) -> {
            Op add = new ScatterTo(dim, Write.ADD);
            yield List.of(
                Autograd.wanted(
                    x, () -> Dispatch.run(add, Create.fullLike(x, 0), g, inputs.get(1))));
          }
          case ScatterTo(var dim, var how) -> {
            Tensor values = inputs.get(1);
            Tensor index = inputs.get(2);
            Tensor zero = Create.fullLike(values, 0);
            yield List.of(
                Autograd.wanted(x, () -> how == Write.ADD ? g : Dispatch.run(this, g, zero, index)),
                Autograd.wanted(values, () -> Dispatch.run(new Gather(dim), g, index)));
          }
        });
  }

  private static Tensor run(Op op, List<Tensor> first, List<Tensor> positions) {
    return Dispatch.run(
        op, Stream.concat(first.stream(), positions.stream()).toArray(Tensor[]::new));
  }

  /// `gradients` followed by nothing for the positions.
  private static List<Optional<Tensor>> rest(int count, List<Optional<Tensor>> gradients) {
    List<Optional<Tensor>> all = new ArrayList<>(gradients);
    while (all.size() < count) {
      all.add(Optional.empty());
    }
    return all;
  }
}
