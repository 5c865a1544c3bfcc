package maia.runtime.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import maia.kernel.library.Cumsum;
import maia.kernel.library.SortPlaces;
import maia.numerics.DType;
import maia.tensor.Order;
import maia.tensor.RunningSum;
import maia.tensor.Tensor;
import maia.tensor.View;

/// Places by the order of elements, and running sums.
final class OrderSteps {
  private static final Rule SUMS =
      new Rule.Within(
          0x1p-14, Rule.Per.TERMS, "one chain of fp32 additions, the host's chain is fp64");

  private OrderSteps() {}

  static void enter(Table table) {
    table
        .family("order")
        .add(
            Order.class,
            Order.class,
            "argsort, argmin",
            Types.SCALARS,
            Rule.bits(),
            OrderSteps::order)
        .refuse(
            "cummax, cummin", "Order", "the kernels sort and find one extreme, not running ones")
        .add(RunningSum.class, RunningSum.class, "cumsum", Types.SCALARS, SUMS, OrderSteps::sums)
        .row("cumsum (integers)", "RunningSum", Types.WHOLE.label(), Rule.bits());
  }

  private static Tensor order(Runner on, Order op, List<Tensor> inputs, Tensor like) {
    Tensor x = inputs.getFirst();
    return switch (op.rule()) {
      case Order.First _ -> ReductionSteps.smallest(on, op, x, like);
      case Order.Running _ ->
          throw on.refusal(op, "the kernels sort and find one extreme, not running ones");
      case Order.Sorted(var direction) -> sorted(on, op, direction, x);
    };
  }

  private static Tensor sorted(Runner on, Order op, Order.Direction direction, Tensor x) {
    if (x.rank() == 0) {
      return on.result(x.isMeta(), DType.I64);
    }
    boolean fits = x.size(op.dim()) <= SortPlaces.LONGEST && x.dtype() != DType.I64;
    if (!fits) {
      throw on.refusal(
          op,
          "the kernel sorts up to %d elements of at most 32 bits, got %d of %s"
              .formatted(SortPlaces.LONGEST, x.size(op.dim()), x.type().label()));
    }
    Tensor moved = last(x, op.dim());
    Tensor rows = on.rows(moved);
    Tensor out = on.result(x.isMeta(), DType.I64, rows.shape());
    on.launch(
        SortPlaces.over(rows.size(0), rows.size(1), x.dtype(), direction == Order.Direction.DOWN),
        x.isMeta(),
        rows,
        out);
    return on.dense(last(on.reshape(out, moved.shape()), op.dim()));
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

  private static Tensor sums(Runner on, RunningSum op, List<Tensor> inputs, Tensor like) {
    Tensor x = on.cast(inputs.getFirst(), like.dtype());
    if (x.rank() == 0) {
      return on.fresh(x, x);
    }
    Tensor moved = last(op.from() == RunningSum.From.END ? reversed(on, x, op.dim()) : x, op.dim());
    Tensor rows = on.rows(moved);
    Tensor out = on.result(x.isMeta(), like.type(), rows.shape());
    on.launch(
        like.dtype().isFloat()
            ? Cumsum.over(rows.size(0), rows.size(1), like.dtype(), on.machine())
            : Cumsum.integers(rows.size(0), rows.size(1)),
        x.isMeta(),
        rows,
        out);
    Tensor back = last(on.reshape(out, moved.shape()), op.dim());
    return op.from() == RunningSum.From.END ? reversed(on, back, op.dim()) : on.dense(back);
  }

  private static Tensor reversed(Runner on, Tensor x, int dim) {
    int size = Math.toIntExact(x.size(dim));
    return WindowSteps.pick(on, x, dim, IntStream.range(0, size).map(i -> size - 1 - i).toArray());
  }
}
