package maia.runtime.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import maia.kernel.library.Places;
import maia.numerics.DType;
import maia.tensor.Choice;
import maia.tensor.Flip;
import maia.tensor.Scatter;
import maia.tensor.Tensor;
import maia.tensor.View;

/// Elements read from and written to places. Writes have one order, that of the host; sums of
/// narrow floats are made in fp32 and round once.
final class IndexSteps {
  private IndexSteps() {}

  static void enter(Table table) {
    table
        .family("indexing")
        .add(
            Choice.Take.class,
            Choice.Take.class,
            "get",
            Types.SCALARS,
            Rule.bits(),
            (on, op, inputs, like) ->
                take(on, inputs.getFirst(), op.dims(), inputs.subList(1, inputs.size()), like))
        .add(
            Choice.Put.class,
            Choice.Put.class,
            "put",
            Types.SCALARS,
            Rule.bits(),
            (on, op, inputs, like) -> put(on, op, inputs, like))
        .add(Choice.Gather.class, Types.SCALARS, Rule.bits(), IndexSteps::gather)
        .add(
            Choice.ScatterTo.class,
            Choice.ScatterTo.class,
            "scatter, scatterAdd",
            Types.SCALARS,
            Rule.bits(),
            IndexSteps::scatter)
        .add(Scatter.class, Types.SCALARS, Rule.bits(), IndexSteps::transposed)
        .add(Flip.class, Types.SCALARS, Rule.bits(), IndexSteps::flip);
  }

  private static Tensor take(Runner on, Tensor x, int dims, List<Tensor> positions, Tensor like) {
    long n = count(positions);
    long width = n == 0 ? 0 : like.elements() / n;
    boolean isMeta = x.isMeta() || Runner.isTimingOnly(positions);
    Tensor out = on.result(isMeta, like.type(), n, width);
    List<Object> arguments = new ArrayList<>();
    arguments.add(on.reshape(x, lead(x, dims, width)));
    arguments.addAll(flat(on, positions, n));
    arguments.add(out);
    on.launch(Places.take(dims, n, width, x.dtype()), isMeta, arguments.toArray());
    return on.reshape(out, like.shape());
  }

  /// The first `dims` sizes of `x`, and the rest as one.
  private static long[] lead(Tensor x, int dims, long width) {
    long[] shape = Arrays.copyOf(x.shape(), dims + 1);
    shape[dims] = width;
    return shape;
  }

  private static long count(List<Tensor> positions) {
    return Arrays.stream(joint(positions)).reduce(1, Math::multiplyExact);
  }

  /// The shape to which all positions broadcast.
  private static long[] joint(List<Tensor> positions) {
    int rank = positions.stream().mapToInt(Tensor::rank).max().orElse(0);
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    for (Tensor p : positions) {
      for (int d = 0; d < p.rank(); d++) {
        int to = d + rank - p.rank();
        shape[to] = p.size(d) == 1 ? shape[to] : p.size(d);
      }
    }
    return shape;
  }

  private static List<Tensor> flat(Runner on, List<Tensor> positions, long n) {
    long[] shape = joint(positions);
    return positions.stream()
        .map(p -> on.cast(p, DType.I64))
        .map(p -> on.reshape(new View.Expand(Runner.list(shape)).apply(p), n))
        .toList();
  }

  private static Tensor put(Runner on, Choice.Put op, List<Tensor> inputs, Tensor like) {
    List<Tensor> positions = inputs.subList(2, inputs.size());
    return put(on, inputs.get(0), inputs.get(1), op.dims(), positions, write(op.how()), like);
  }

  private static Places.Write write(Choice.Write how) {
    return switch (how) {
      case SET -> Places.Write.SET;
      case ADD -> Places.Write.ADD;
    };
  }

  private static Tensor put(
      Runner on,
      Tensor x,
      Tensor values,
      int dims,
      List<Tensor> positions,
      Places.Write how,
      Tensor like) {
    long n = count(positions);
    DType type = sums(how, like.dtype());
    Tensor out = on.fresh(on.cast(x, type), x);
    if (n > 0 && values.elements() > 0) {
      long width = values.elements() / n;
      List<Object> arguments = new ArrayList<>();
      arguments.add(on.reshape(on.cast(values, type), n, width));
      arguments.addAll(flat(on, positions, n));
      arguments.add(on.reshape(out, lead(out, dims, width)));
      on.launch(Places.put(dims, width, type, how), out.isMeta(), arguments.toArray());
    }
    return on.cast(out, like.dtype());
  }

  /// The type in which elements are added.
  private static DType sums(Places.Write how, DType type) {
    if (how == Places.Write.SET) {
      return type;
    }
    return type.isFloat() ? DType.F32 : DType.I64;
  }

  private static Tensor gather(Runner on, Choice.Gather op, List<Tensor> inputs, Tensor like) {
    Tensor index = on.cast(inputs.get(1), DType.I64);
    Tensor x = last(within(inputs.get(0), index, op.dim()), op.dim());
    Tensor places = last(index, op.dim());
    Tensor rows = on.rows(places);
    Tensor out = on.result(Runner.isTimingOnly(inputs), like.type(), rows.shape());
    on.launch(
        Places.gather(rows.size(0), rows.size(1), x.dtype()), out.isMeta(), on.rows(x), rows, out);
    return on.dense(last(on.reshape(out, places.shape()), op.dim()));
  }

  /// The part of `x` that `index` can name: its first elements, but all along `dim`.
  private static Tensor within(Tensor x, Tensor index, int dim) {
    Tensor part = x;
    for (int d = 0; d < x.rank(); d++) {
      if (d != dim && index.size(d) < x.size(d)) {
        part = new View.Slice(d, 0, index.size(d), 1).apply(part);
      }
    }
    return part;
  }

  private static Tensor scatter(Runner on, Choice.ScatterTo op, List<Tensor> inputs, Tensor like) {
    Places.Write how = write(op.how());
    DType type = sums(how, like.dtype());
    Tensor out = on.fresh(on.cast(inputs.get(0), type), inputs.get(0));
    Tensor index = last(on.cast(inputs.get(2), DType.I64), op.dim());
    if (index.elements() == 0) {
      return on.cast(out, like.dtype());
    }
    Tensor values = on.rows(last(on.cast(inputs.get(1), type), op.dim()));
    Tensor target = last(within(out, inputs.get(2), op.dim()), op.dim());
    Tensor rows = on.rows(target);
    on.launch(Places.scatter(rows.size(0), type, how), out.isMeta(), values, on.rows(index), rows);
    if (!rows.isMeta() && !View.canReshape(target, rows.shape())) {
      on.copy(on.reshape(rows, target.shape()), target);
    }
    return on.cast(out, like.dtype());
  }

  private static Tensor last(Tensor x, int dim) {
    if (dim == x.rank() - 1) {
      return x;
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
    order.set(dim, x.rank() - 1);
    order.set(x.rank() - 1, dim);
    return new View.Permute(order).apply(x);
  }

  /// Zeros into which the input is written, or added, where a view or rows were taken.
  private static Tensor transposed(Runner on, Scatter op, List<Tensor> inputs, Tensor like) {
    Tensor x = inputs.getFirst();
    Tensor zeros = on.result(Runner.isTimingOnly(inputs), like.type(), like.shape());
    if (op.view().isEmpty()) {
      return put(on, zeros, x, 1, List.of(inputs.get(1)), Places.Write.ADD, like);
    }
    if (op.view().get() instanceof View.Unfold unfold && unfold.step() < unfold.size()) {
      throw on.refusal(op, "windows that overlap are added up on the host only");
    }
    if (x.elements() > 0) {
      on.copy(x, op.view().get().apply(zeros));
    }
    return zeros;
  }

  /// Reversed dimension by dimension.
  private static Tensor flip(Runner on, Flip op, List<Tensor> inputs, Tensor like) {
    Tensor x = inputs.getFirst();
    for (int dim : op.dims()) {
      int size = Math.toIntExact(x.size(dim));
      int[] reversed = IntStream.range(0, size).map(i -> size - 1 - i).toArray();
      x = WindowSteps.pick(on, x, dim, reversed);
    }
    return op.dims().isEmpty() ? on.fresh(x, x) : x;
  }
}
