package maia.tensor;

import java.util.ArrayList;
import java.util.List;
import maia.base.Stop;
import maia.numerics.Elements;
import maia.numerics.HostArray;

/// Elementwise operations on tensors larger than one Java array: piece by piece along dimensions,
/// into one result. Each element is computed as in one piece, so the bits are the same.
final class Pieces {
  /// Elements of one input above which an operation is split.
  static final long LIMIT = 1L << 26;

  /// The most elements of one piece, whose values lie on the Java heap and in a cache.
  static final long PIECE = 1L << 18;

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
    List<Runnable> pieces = new ArrayList<>();
    split(op, spread, result, limit, pieces);
    boolean sharesBytes = like.dtype().bits() < Byte.SIZE; // neighbours of pieces do
    Parallel.ranges(
        pieces.size(),
        sharesBytes ? pieces.size() : 1,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            pieces.get(i).run();
          }
        });
    return result;
  }

  /// Scalars stay scalars, since they promote otherwise than tensors with dimensions.
  private static List<Tensor> spread(List<Tensor> inputs, Tensor like) {
    return inputs.stream().map(x -> x.rank() == 0 ? x : x.expand(like.shape())).toList();
  }

  private static void split(
      Op op, List<Tensor> inputs, Tensor result, long limit, List<Runnable> pieces) {
    if (result.elements() <= limit) {
      pieces.add(() -> {
        Stop.poll(op.name());
        Elements.copy(op.host(inputs), result);
      });
      return;
    }
    int widest = 0;
    for (int d = 1; d < result.rank(); d++) {
      widest = result.size(d) > result.size(widest) ? d : widest;
    }
    int dim = widest;
    long half = result.size(dim) / 2;
    long rest = result.size(dim) - half;
    split(op, narrowed(inputs, dim, 0, half), result.narrow(dim, 0, half), limit, pieces);
    split(op, narrowed(inputs, dim, half, rest), result.narrow(dim, half, rest), limit, pieces);
  }

  private static List<Tensor> narrowed(List<Tensor> inputs, int dim, long from, long length) {
    return inputs.stream().map(x -> x.rank() == 0 ? x : x.narrow(dim, from, length)).toList();
  }
}
