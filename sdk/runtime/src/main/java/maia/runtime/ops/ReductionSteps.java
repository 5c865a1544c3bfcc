package maia.runtime.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import maia.kernel.library.Extreme;
import maia.kernel.library.IntegerReduction;
import maia.kernel.library.Reduction.Op;
import maia.numerics.DType;
import maia.tensor.Order;
import maia.tensor.Reduction;
import maia.tensor.Tensor;
import maia.tensor.View;

/// Reductions over any dimensions. Where one block holds what is added, the order of additions is
/// the host's.
final class ReductionSteps {
  /// From here on the axis of a single row is cut into at most so many parts.
  private static final long LONG = 8192;

  private static final long MOST_PARTS = 1024;

  private ReductionSteps() {}

  static void enter(Table table) {
    table
        .family("reductions")
        .add(Reduction.Sum.class, Types.SCALARS, Rule.bits(), reduce(Op.SUM))
        .add(Reduction.Mean.class, Types.FLOATS, Rule.bits(), reduce(Op.MEAN))
        .add(Reduction.Amax.class, Types.SCALARS, Rule.bits(), reduce(Op.MAX))
        .add(Reduction.Amin.class, Types.SCALARS, Rule.bits(), reduce(Op.MIN))
        .add(
            Reduction.ArgMax.class,
            Types.SCALARS,
            Rule.bits(),
            (on, op, inputs, like) ->
                extreme(on, Extreme.Which.LARGEST, inputs.getFirst(), op.dims(), like));
  }

  private static <O extends Reduction> Step<O> reduce(Op kind) {
    return (on, op, inputs, like) -> {
      Tensor x = inputs.getFirst();
      Tensor flat = inThree(on, x, op.dims());
      if (flat.elements() == 0) {
        return on.result(x.isMeta(), like.type(), like.shape());
      }
      Tensor rest = inParts(on, kind, flat, like.dtype());
      return on.reshape(overAxis(on, kind, rest, like.dtype()), like.shape());
    };
  }

  /// Largest or smallest elements of parts of a long axis, where the kernel of all of it would
  /// leave tiles idle: `[outer, parts, inner]`. Other reductions keep their order of additions.
  private static Tensor inParts(Runner on, Op kind, Tensor flat, DType type) {
    long outer = flat.size(0);
    long axis = flat.size(1);
    long inner = flat.size(2);
    boolean isFree = kind == Op.MAX || kind == Op.MIN;
    boolean isIdle = outer * inner < on.machine().tiles();
    if (!isFree || !isIdle || axis < LONG) {
      return flat;
    }
    long parts = 1;
    for (long d = 2; d <= Math.min(MOST_PARTS, axis / 2); d++) {
      parts = axis % d == 0 ? d : parts;
    }
    Tensor split = on.reshape(flat, outer * parts, axis / parts, inner);
    return parts == 1 ? flat : on.reshape(overAxis(on, kind, split, type), outer, parts, inner);
  }

  /// `[outer, inner]`, or `[outer]`, of `[outer, axis, inner]`.
  private static Tensor overAxis(Runner on, Op kind, Tensor flat, DType type) {
    long outer = flat.size(0);
    long axis = flat.size(1);
    long inner = flat.size(2);
    DType from = flat.dtype();
    boolean isRows = inner == 1 && from.isFloat();
    Tensor out =
        isRows
            ? on.result(flat.isMeta(), type, outer)
            : on.result(flat.isMeta(), type, outer, inner);
    if (!from.isFloat()) {
      var kernel = IntegerReduction.over(kind, outer, axis, inner, from, type);
      on.launch(kernel, flat.isMeta(), flat, out);
    } else if (isRows) {
      var kernel = maia.kernel.library.Reduction.last(kind, outer, axis, from, on.machine());
      on.launch(kernel, flat.isMeta(), on.reshape(flat, outer, axis), out);
    } else {
      var kernel = maia.kernel.library.Reduction.over(kind, outer, axis, inner, from, on.machine());
      on.launch(kernel, flat.isMeta(), flat, out);
    }
    return out;
  }

  /// `x` as `[outer, axis, inner]` with the reduced dimensions as `axis`: as it lies in memory
  /// where those are neighbours, else with them last.
  private static Tensor inThree(Runner on, Tensor x, List<Integer> dims) {
    if (dims.isEmpty()) {
      return on.reshape(x, x.elements(), 1, 1);
    }
    int first = dims.getFirst();
    int last = dims.getLast();
    boolean areNeighbours = last - first == dims.size() - 1;
    if (areNeighbours) {
      long[] three = {
        product(x, 0, first), product(x, first, last + 1), product(x, last + 1, x.rank())
      };
      if (View.canReshape(x, three) || x.elements() == 0) {
        return on.reshape(x, three);
      }
    }
    List<Integer> order =
        new ArrayList<>(
            IntStream.range(0, x.rank()).filter(d -> !dims.contains(d)).boxed().toList());
    order.addAll(dims);
    Tensor moved = new View.Permute(order).apply(x);
    int kept = x.rank() - dims.size();
    return on.reshape(moved, product(moved, 0, kept), product(moved, kept, x.rank()), 1);
  }

  private static long product(Tensor x, int from, int to) {
    long product = 1;
    for (int d = from; d < to; d++) {
      product *= x.size(d);
    }
    return product;
  }

  /// The place of the first largest or smallest element along one dimension.
  static Tensor extreme(Runner on, Extreme.Which which, Tensor x, List<Integer> dims, Tensor like) {
    Tensor flat = inThree(on, x, dims);
    long outer = flat.size(0);
    long axis = flat.size(1);
    long inner = flat.size(2);
    Tensor out = on.result(x.isMeta(), DType.I64, outer * inner);
    if (inner == 1) {
      var kernel = Extreme.last(which, outer, axis, x.dtype(), on.machine());
      on.launch(kernel, x.isMeta(), on.reshape(flat, outer, axis), out);
    } else {
      var kernel = Extreme.over(which, outer, axis, inner, x.dtype());
      on.launch(kernel, x.isMeta(), flat, on.reshape(out, outer, inner));
    }
    return on.reshape(out, like.shape());
  }

  /// As [#extreme] for the orders that name a dimension.
  static Tensor smallest(Runner on, Order op, Tensor x, Tensor like) {
    return extreme(
        on, Extreme.Which.SMALLEST, x, x.rank() == 0 ? List.of() : List.of(op.dim()), like);
  }
}
