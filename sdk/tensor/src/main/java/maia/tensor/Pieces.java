package maia.tensor;

import java.util.List;
import maia.base.Stop;
import maia.numerics.Elements;
import maia.numerics.HostArray;

/// Elementwise operations on tensors larger than one Java array: piece by piece along dimensions,
/// into one result. Each element is computed as in one piece, so the bits are the same.
final class Pieces {
  /// Elements of one input above which an operation is split.
  static final long LIMIT = 1L << 26;

  /// The most elements of one piece, whose values lie on the Java heap.
  static final long PIECE = 1L << 22;

  private Pieces() {}

  /// Whether `op` needs pieces for a result of `elements` elements.
  static boolean needed(Op op, List<Tensor> inputs, long limit) {
    return isElementwise(op) && inputs.stream().anyMatch(x -> x.elements() > limit);
  }

  private static boolean isElementwise(Op op) {
    return switch (op) {
      case Unary _, Binary _, Comparison _, Conversion.Cast _, Selection.Where _ -> true;
      default -> false;
    };
  }

  static Tensor run(Op op, List<Tensor> inputs, long limit) {
    Tensor like = op.meta(inputs);
    Tensor result = Tensor.on(Device.cpu(), HostArray.zeros(like.dtype(), like.shape()));
    List<Tensor> spread = spread(inputs, like);
    fill(op, spread, result, limit);
    return result;
  }

  /// Scalars stay scalars, since they promote otherwise than tensors with dimensions.
  private static List<Tensor> spread(List<Tensor> inputs, Tensor like) {
    return inputs.stream().map(x -> x.rank() == 0 ? x : x.expand(like.shape())).toList();
  }

  private static void fill(Op op, List<Tensor> inputs, Tensor result, long limit) {
    Stop.poll(op.name());
    if (result.elements() <= limit) {
      Elements.copy(op.host(inputs), result);
      return;
    }
    int widest = 0;
    for (int d = 1; d < result.rank(); d++) {
      widest = result.size(d) > result.size(widest) ? d : widest;
    }
    int dim = widest;
    long half = result.size(dim) / 2;
    long rest = result.size(dim) - half;
    fill(op, narrowed(inputs, dim, 0, half), result.narrow(dim, 0, half), limit);
    fill(op, narrowed(inputs, dim, half, rest), result.narrow(dim, half, rest), limit);
  }

  private static List<Tensor> narrowed(List<Tensor> inputs, int dim, long from, long length) {
    return inputs.stream().map(x -> x.rank() == 0 ? x : x.narrow(dim, from, length)).toList();
  }
}
