package maia.runtime.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.kernel.library.LayerNorm;
import maia.kernel.library.RmsNorm;
import maia.kernel.library.Softmax;
import maia.numerics.DType;
import maia.tensor.ChannelNorm;
import maia.tensor.Normalize;
import maia.tensor.SoftmaxOp;
import maia.tensor.Tensor;
import maia.tensor.View;

/// Softmax and norms: functions of whole rows. Rows that one block holds are added in the host's
/// order.
final class RowSteps {
  private RowSteps() {}

  static void enter(Table table) {
    table
        .family("softmax")
        .add(
            SoftmaxOp.Probability.class,
            SoftmaxOp.Probability.class,
            "softmax",
            Types.FLOATS,
            Rule.bits(),
            RowSteps::softmax)
        .add(
            SoftmaxOp.LogProbability.class,
            SoftmaxOp.LogProbability.class,
            "logSoftmax",
            Types.FLOATS,
            Rule.bits(),
            RowSteps::softmax);
    table
        .family("norms")
        .add(Normalize.LayerNorm.class, Types.FLOATS, Rule.bits(), RowSteps::layerNorm)
        .add(Normalize.RmsNorm.class, Types.FLOATS, Rule.bits(), RowSteps::rmsNorm)
        .add(
            ChannelNorm.class,
            ChannelNorm.class,
            "groupNorm",
            Types.FLOATS,
            Rule.bits(),
            RowSteps::channelNorm);
  }

  private static Tensor softmax(Runner on, SoftmaxOp op, List<Tensor> inputs, Tensor like) {
    Tensor x = inputs.getFirst();
    Tensor moved = last(x, op.dim());
    Tensor rows = on.rows(moved);
    Tensor out = on.result(x.isMeta(), like.type(), rows.shape());
    on.launch(launch(on, op, rows), x.isMeta(), rows, out);
    return on.dense(last(on.reshape(out, moved.shape()), op.dim()));
  }

  private static KernelLaunch launch(Runner on, SoftmaxOp op, Tensor rows) {
    long m = rows.size(0);
    long n = rows.size(1);
    return switch (op) {
      case SoftmaxOp.Probability _ -> Softmax.wide(m, n, rows.dtype(), on.machine());
      case SoftmaxOp.LogProbability _ -> Softmax.logarithm(m, n, rows.dtype(), on.machine());
    };
  }

  /// Dimension `dim` exchanged with the last one.
  private static Tensor last(Tensor x, int dim) {
    if (dim == x.rank() - 1) {
      return x;
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
    order.set(dim, x.rank() - 1);
    order.set(x.rank() - 1, dim);
    return new View.Permute(order).apply(x);
  }

  private static Tensor layerNorm(
      Runner on, Normalize.LayerNorm op, List<Tensor> inputs, Tensor like) {
    Tensor x = inputs.getFirst();
    long n = width(x, op.dims());
    Tensor rows = on.reshape(x, x.elements() / n, n);
    Tensor out = on.result(like(inputs), like.type(), rows.shape());
    normalise(on, rows, affine(on, inputs, 1, n), affine(on, inputs, 2, n), out, op.epsilon());
    return on.reshape(out, like.shape());
  }

  private static void normalise(
      Runner on, Tensor rows, Tensor weight, Tensor bias, Tensor out, float epsilon) {
    boolean isMeta = out.isMeta();
    on.launch(
        LayerNorm.forward(rows.size(0), rows.size(1), rows.dtype(), on.machine()),
        isMeta,
        rows,
        weight,
        bias,
        out,
        on.result(isMeta, DType.F32, rows.size(0)),
        on.result(isMeta, DType.F32, rows.size(0)),
        epsilon);
  }

  private static boolean like(List<Tensor> inputs) {
    return Runner.isTimingOnly(inputs);
  }

  /// Weight (1) or bias (2) as an F32 vector; where there is none, what changes no element.
  private static Tensor affine(Runner on, List<Tensor> inputs, int which, long n) {
    if (inputs.size() > which) {
      return on.cast(on.reshape(inputs.get(which), n), DType.F32);
    }
    return like(inputs)
        ? Tensor.meta(DType.F32, n)
        : on.here(Tensor.full(which == 1 ? 1 : -0.0, DType.F32, n));
  }

  private static long width(Tensor x, int dims) {
    long n = 1;
    for (int d = x.rank() - dims; d < x.rank(); d++) {
      n *= x.size(d);
    }
    return n;
  }

  private static Tensor rmsNorm(Runner on, Normalize.RmsNorm op, List<Tensor> inputs, Tensor like) {
    if (inputs.size() > 2) {
      throw on.refusal(op, "the kernel has a weight and no bias");
    }
    Tensor x = inputs.getFirst();
    long n = width(x, op.dims());
    Tensor rows = on.reshape(x, x.elements() / n, n);
    Tensor out = on.result(like(inputs), like.type(), rows.shape());
    on.launch(
        RmsNorm.over(
            RmsNorm.KERNEL.with("TYPE", x.dtype()), rows.size(0), rows.size(1), on.machine()),
        out.isMeta(),
        rows,
        affine(on, inputs, 1, n),
        out,
        op.epsilon());
    return on.reshape(out, like.shape());
  }

  /// The groups as rows of a layer norm; weight and bias of each channel after it, as the host does
  /// it.
  private static Tensor channelNorm(Runner on, ChannelNorm op, List<Tensor> inputs, Tensor like) {
    Tensor x = inputs.getFirst();
    long rows = x.size(0) * op.groups();
    long n = x.elements() / rows;
    Tensor wide = on.reshape(on.cast(x, DType.F32), rows, n);
    Tensor normal = on.result(like(inputs), DType.F32, rows, n);
    List<Tensor> none = inputs.subList(0, 1);
    normalise(on, wide, affine(on, none, 1, n), affine(on, none, 2, n), normal, op.epsilon());
    Tensor back = on.reshape(normal, like.shape());
    if (inputs.size() == 1) {
      return on.cast(back, like.dtype());
    }
    List<Tensor> operands = new ArrayList<>(List.of(back));
    inputs.stream().skip(1).map(a -> perChannel(on, a, x)).forEach(operands::add);
    return on.pointwise(
        "channel_affine",
        operands,
        like,
        t -> {
          Tile scaled = t.get(0).mul(Values.wide(t.get(1), DType.F32));
          Tile shifted = t.size() > 2 ? scaled.add(Values.wide(t.get(2), DType.F32)) : scaled;
          return Values.narrow(shifted, like.dtype());
        });
  }

  private static Tensor perChannel(Runner on, Tensor affine, Tensor x) {
    long[] shape = new long[x.rank() - 1];
    Arrays.fill(shape, 1);
    shape[0] = affine.size(0);
    return on.reshape(affine, shape);
  }
}
