package maia.tensor;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import maia.numerics.Array;
import maia.numerics.AttentionProduct;
import maia.numerics.DType;
import maia.numerics.HostArray;

/// How the host computes [Attention]: on the heads in one dimension, where they lie.
final class AttentionHost implements AttentionProduct.Weights {
  private final Attention op;
  private final long queries;
  private final long keys;
  private final List<Tensor> masks;

  private AttentionHost(Attention op, long queries, long keys, List<Tensor> masks) {
    this.op = op;
    this.queries = queries;
    this.keys = keys;
    this.masks = masks;
  }

  /// The outputs, F32, in row order.
  static HostArray of(Attention op, List<Tensor> inputs, long[] shape, long... scores) {
    Tensor q = inputs.get(0);
    Tensor v = inputs.get(2);
    if (Layout.contiguous(shape).elements() == 0 || v.size(-2) == 0) {
      return HostArray.zeros(DType.F32, shape); // no key is seen
    }
    Tensor heads = q.reshape(-1, q.size(-2), q.size(-1));
    Tensor keys = inputs.get(1).reshape(-1, v.size(-2), q.size(-1));
    Tensor values = v.reshape(-1, v.size(-2), v.size(-1));
    HostArray out = HostArray.unset(DType.F32, shape);
    HostArray flat =
        HostArray.view(
            DType.F32,
            new long[] {heads.size(0), heads.size(1), v.size(-1)},
            new long[] {heads.size(1) * v.size(-1), v.size(-1), 1},
            0,
            out.segment(),
            Optional.empty(),
            1);
    // the views are made here, because gradients are recorded, or not, per thread
    List<Tensor> masks =
        inputs.size() > 3
            ? IntStream.range(0, Math.toIntExact(heads.size(0)))
                .mapToObj(h -> ofHead(inputs.get(3).expand(scores), h))
                .toList()
            : List.of();
    AttentionProduct.run(
        heads, keys, values, flat, new AttentionHost(op, q.size(-2), v.size(-2), masks));
    return out;
  }

  /// Matrix number `h` of the leading dimensions of `x`, without a copy.
  private static Tensor ofHead(Tensor x, int h) {
    Tensor at = x;
    long rest = h;
    for (int d = x.rank() - 3; d >= 0; d--) {
      at = at.select(d, rest % x.size(d));
      rest /= x.size(d);
    }
    return at;
  }

  @Override
  public float scale() {
    return op.scale();
  }

  @Override
  public int seen(int query) {
    return Math.toIntExact(op.causal().seen(query, queries, keys));
  }

  @Override
  public Optional<Array> mask(int head) {
    return masks.isEmpty() ? Optional.empty() : Optional.of(masks.get(head));
  }

  @Override
  public void drop(int head, int query, float[] x, int at, int count) {
    if (op.dropout() > 0) {
      new Drop(op.dropout(), op.seed()).apply(x, at, count, (head * queries + query) * keys);
    }
  }
}
