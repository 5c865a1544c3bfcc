package maia.runtime.ops;

import java.util.List;
import maia.tensor.Contraction;
import maia.tensor.Convolution;
import maia.tensor.Flip;
import maia.tensor.Tensor;
import maia.tensor.View;
import maia.tensor.Window;

/// The two gradients of a convolution, made of operations that the chip has.
///
/// The gradient of the weight is a product: the gradient of the result times all windows of all
/// images, one row per window, summed in the order of the host. The gradient of the image is a
/// convolution of the gradient, spread over the strides, with the weight turned round.
final class ConvolutionGradients {
  private static final int ROWS = 2;
  private static final int COLUMNS = 3;

  private ConvolutionGradients() {}

  // ---------------------------------------------------------------- weight

  static Tensor weight(Runner on, Convolution.Weight op, List<Tensor> inputs, Tensor like) {
    Tensor gradient = inputs.get(1);
    long[] result = gradient.shape();
    long sums = result[0] * result[ROWS] * result[COLUMNS];
    if (sums == 0) {
      return on.result(Runner.isTimingOnly(inputs), like.type(), like.shape());
    }
    long groups = op.window().groups();
    long window = like.elements() / like.size(0);
    Tensor seen = windows(padded(on, inputs.get(0), op.window()), op);
    Tensor rows = new View.Permute(List.of(1, 0, 3, 4, 2, 5, 6)).apply(perGroup(seen, groups));
    Tensor turned = new View.Permute(List.of(1, 0, ROWS, COLUMNS)).apply(gradient);
    Tensor product =
        on.run(
            new Contraction.MatMul(like.dtype()),
            on.reshape(turned, groups, result[1] / groups, sums),
            on.reshape(rows, groups, sums, window));
    return on.reshape(product, like.shape());
  }

  private static Tensor padded(Runner on, Tensor x, Window w) {
    if (w.paddingY() == 0 && w.paddingX() == 0) {
      return x;
    }
    long height = x.size(ROWS);
    long width = x.size(COLUMNS);
    Tensor wide =
        on.result(
            x.isMeta(),
            x.type(),
            x.size(0),
            x.size(1),
            height + 2L * w.paddingY(),
            width + 2L * w.paddingX());
    Tensor inside = part(wide, ROWS, w.paddingY(), w.paddingY() + height, 1);
    on.copy(x, part(inside, COLUMNS, w.paddingX(), w.paddingX() + width, 1));
    return wide;
  }

  /// `[N, C, oH, oW, kH, kW]`, a view.
  private static Tensor windows(Tensor x, Convolution.Weight op) {
    Window w = op.window();
    long high = w.dilationY() * (op.kernelY() - 1) + 1;
    long wide = w.dilationX() * (op.kernelX() - 1) + 1;
    Tensor down = new View.Unfold(ROWS, high, w.strideY()).apply(x);
    Tensor rows = part(down, 4, 0, high, w.dilationY());
    Tensor across = new View.Unfold(COLUMNS, wide, w.strideX()).apply(rows);
    return part(across, 5, 0, wide, w.dilationX());
  }

  /// The channels, dimension 1, as groups and channels of a group.
  private static Tensor perGroup(Tensor x, long groups) {
    long[] shape = x.shape();
    long[] split = new long[shape.length + 1];
    System.arraycopy(shape, 1, split, 2, shape.length - 1);
    split[0] = shape[0];
    split[1] = groups;
    split[2] = shape[1] / groups;
    return new View.Reshape(Runner.list(split)).apply(x);
  }

  // ---------------------------------------------------------------- image

  static Tensor image(Runner on, Convolution.Transposed op, List<Tensor> inputs, Tensor like) {
    Tensor gradient = inputs.get(0);
    Tensor weight = inputs.get(1);
    if (gradient.elements() == 0 || weight.elements() == 0) {
      return on.result(Runner.isTimingOnly(inputs), like.type(), like.shape());
    }
    Window w = op.window();
    long reachY = w.dilationY() * (weight.size(ROWS) - 1);
    long reachX = w.dilationX() * (weight.size(COLUMNS) - 1);
    Line rows = new Line(w.strideY(), reachY - w.paddingY(), op.height() + reachY);
    Line columns = new Line(w.strideX(), reachX - w.paddingX(), op.width() + reachX);
    Window plain = Window.of().dilation(w.dilationY(), w.dilationX()).groups(w.groups());
    Tensor turned = turned(on, weight, w.groups());
    return rows.isPadding() && columns.isPadding()
        ? on.run(
            new Convolution.Forward(plain.padding((int) rows.top, (int) columns.top)),
            gradient,
            turned)
        : on.run(new Convolution.Forward(plain), spread(on, gradient, rows, columns), turned);
  }

  /// Where the rows (or columns) of a result come to lie among zeros.
  ///
  /// @param stride the distance of neighbours
  /// @param top where the first one lies; negative where it is cut off
  /// @param size how many there are with the zeros
  private record Line(long stride, long top, long size) {
    /// Whether there are only zeros around, which a convolution adds itself.
    boolean isPadding() {
      return stride == 1 && top >= 0;
    }

    long first() {
      return top >= 0 ? 0 : Math.ceilDiv(-top, stride);
    }

    long end(long count) {
      return Math.min(count, Math.floorDiv(size - 1 - top, stride) + 1);
    }

    /// What of `x` is not cut off.
    Tensor kept(Tensor x, int dim) {
      return part(x, dim, first(), Math.max(first(), end(x.size(dim))), 1);
    }

    /// Where that lies in `zeros`.
    Tensor places(Tensor zeros, int dim, long count) {
      long from = top + first() * stride;
      return count == 0
          ? part(zeros, dim, 0, 0, 1)
          : part(zeros, dim, from, from + (count - 1) * stride + 1, stride);
    }
  }

  private static Tensor spread(Runner on, Tensor x, Line rows, Line columns) {
    Tensor wide = on.result(x.isMeta(), x.type(), x.size(0), x.size(1), rows.size, columns.size);
    Tensor kept = columns.kept(rows.kept(x, ROWS), COLUMNS);
    if (kept.elements() > 0) {
      Tensor lines = rows.places(wide, ROWS, kept.size(ROWS));
      on.copy(kept, columns.places(lines, COLUMNS, kept.size(COLUMNS)));
    }
    return wide;
  }

  /// The weight with inputs and outputs of each group exchanged and its windows turned round.
  private static Tensor turned(Runner on, Tensor weight, long groups) {
    long[] s = weight.shape();
    long outputs = s[0] / groups;
    Tensor split =
        new View.Reshape(List.of(groups, outputs, s[1], s[ROWS], s[COLUMNS]))
            .apply(on.dense(weight));
    Tensor swapped =
        on.reshape(
            new View.Permute(List.of(0, 2, 1, 3, 4)).apply(split),
            groups * s[1],
            outputs,
            s[ROWS],
            s[COLUMNS]);
    return on.run(new Flip(List.of(ROWS, COLUMNS)), swapped);
  }

  private static Tensor part(Tensor x, int dim, long from, long to, long step) {
    return from == 0 && to == x.size(dim) && step == 1
        ? x
        : new View.Slice(dim, from, to, step).apply(x);
  }
}
