package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import maia.numerics.DType;
import maia.numerics.Fmath;
import maia.numerics.MatMul;
import maia.numerics.Reduce;

/// How the host computes [Attention]: head by head, scores, weights, outputs.
final class AttentionHost {
  private final Attention op;
  private final int queries;
  private final int keys;
  private final int width;
  private final int valueWidth;

  private AttentionHost(Attention op, Tensor q, Tensor v) {
    this.op = op;
    this.queries = Math.toIntExact(q.size(-2));
    this.keys = Math.toIntExact(v.size(-2));
    this.width = Math.toIntExact(q.size(-1));
    this.valueWidth = Math.toIntExact(v.size(-1));
  }

  /// The outputs in row order.
  static float[] of(Attention op, List<Tensor> inputs, long... scores) {
    Tensor q = inputs.get(0);
    Tensor v = inputs.get(2);
    var host = new AttentionHost(op, q, v);
    int group = q.rank() < 3 ? 1 : Math.toIntExact(q.size(-3) / v.size(-3));
    Tensor heads = q.reshape(-1, q.size(-2), q.size(-1));
    Tensor keys = inputs.get(1).reshape(-1, v.size(-2), q.size(-1));
    Tensor values = v.reshape(-1, v.size(-2), v.size(-1));
    int count = Math.toIntExact(heads.size(0));
    float[] out = new float[Math.multiplyExact(count, host.queries * host.valueWidth)];
    // the views are made here, because gradients are recorded, or not, per thread
    List<Tensor> of = IntStream.range(0, count).mapToObj(heads::get).toList();
    List<Tensor> k = IntStream.range(0, count).mapToObj(h -> keys.get(h / group)).toList();
    List<Tensor> w = IntStream.range(0, count).mapToObj(h -> values.get(h / group)).toList();
    List<Tensor> masks =
        inputs.size() > 3
            ? IntStream.range(0, count)
                .mapToObj(h -> ofHead(inputs.get(3).expand(scores), h))
                .toList()
            : List.of();
    Parallel.ranges(
        count,
        1,
        (from, to) -> {
          for (int h = from; h < to; h++) {
            host.head(h, of.get(h), k.get(h), w.get(h), masks, out);
          }
        });
    return out;
  }

  private void head(
      int h, Tensor query, Tensor key, Tensor value, List<Tensor> masks, float[] out) {
    float[] weights = scores(query, key);
    if (!masks.isEmpty()) {
      mask(weights, masks.get(h));
    }
    soften(weights);
    if (op.dropout() > 0) {
      new Drop(op.dropout(), op.seed()).apply(weights, (long) h * weights.length);
    }
    combine(weights, value, out, h * queries * valueWidth);
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

  private float[] scores(Tensor q, Tensor k) {
    float[] scores = new float[Math.multiplyExact(queries, keys)];
    MatMul.parallel(
        queries,
        keys,
        width,
        Host.floats(q),
        0,
        width,
        1,
        Host.floats(k),
        0,
        1,
        width,
        scores,
        0,
        keys);
    for (int i = 0; i < scores.length; i++) {
      scores[i] *= op.scale();
    }
    return scores;
  }

  private void mask(float[] scores, Tensor mask) {
    if (mask.dtype() == DType.BOOL) {
      boolean[] sees = Host.booleans(mask);
      for (int i = 0; i < scores.length; i++) {
        scores[i] = sees[i] ? scores[i] : Float.NEGATIVE_INFINITY;
      }
    } else {
      float[] added = Host.floats(mask);
      for (int i = 0; i < scores.length; i++) {
        scores[i] += added[i];
      }
    }
  }

  private void soften(float[] scores) {
    Parallel.ranges(
        queries,
        Math.max(1, Parallel.ELEMENTS / Math.max(1, keys)),
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int seen = (int) op.causal().seen(i, queries, keys);
            soften(scores, i * keys, seen);
            Arrays.fill(scores, i * keys + seen, (i + 1) * keys, 0);
          }
        });
  }

  private static void soften(float[] x, int at, int n) {
    float max = Reduce.max(x, at, n, 1);
    float shift = max == Float.NEGATIVE_INFINITY ? 0 : max;
    for (int i = at; i < at + n; i++) {
      x[i] -= shift;
    }
    Fmath.exp(x, at, x, at, n);
    float sum = Reduce.sum(x, at, n, 1);
    float divisor = sum == 0 ? 1 : sum;
    for (int i = at; i < at + n; i++) {
      x[i] /= divisor;
    }
  }

  private void combine(float[] weights, Tensor v, float[] out, int at) {
    MatMul.parallel(
        queries,
        valueWidth,
        keys,
        weights,
        0,
        keys,
        1,
        Host.floats(v),
        0,
        valueWidth,
        1,
        out,
        at,
        valueWidth);
  }
}
