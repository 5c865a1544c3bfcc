package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maia.base.Check;
import maia.numerics.DType;
import maia.numerics.HostArray;

/// Attention softmax(scale q k^T + mask) v of queries `[.., heads, L, E]`, keys `[.., kvHeads, S,
/// E]`, values `[.., kvHeads, S, V]` and an optional mask that broadcasts to `[.., heads, L, S]`:
/// BOOL (true takes part) or floating-point (added to the scaled scores). Each key-value head
/// serves heads / kvHeads query heads. A query that sees no key gives zeros.
///
/// Arithmetic is fp32 (fp64 for F64): scores and outputs are chains of fused multiply-adds in
/// ascending order, the scale and the mask round once each, softmax as in [SoftmaxOp]; the result
/// rounds once. Keys that a query does not see change no bit of its result.
///
/// @param scale of the scores
/// @param causal which keys a query sees before the mask
/// @param dropout the probability of dropping a weight, from 0 to below 1
/// @param seed of the dropout
public record Attention(float scale, Causal causal, float dropout, long seed) implements Op {
  public Attention {
    Check.argument(
        dropout >= 0 && dropout < 1,
        "attention: dropout must be from 0 to below 1, was %s",
        dropout);
  }

  /// The usual scale 1 / sqrt E for queries like `q`, without dropout.
  public static Attention of(Tensor q, Causal causal) {
    ShapeException.check(
        q.rank() >= 2, "attention: q must be [.., L, E], got %s", Layout.text(q.shape()));
    return new Attention((float) (1 / Math.sqrt(q.size(-1))), causal, 0, 0);
  }

  /// The same with another scale of the scores.
  public Attention withScale(double other) {
    return new Attention((float) other, causal, dropout, seed);
  }

  /// The same with weights dropped with `probability`, drawn from `stream`.
  public Attention withDropout(double probability, long stream) {
    return new Attention(scale, causal, (float) probability, stream);
  }

  /// Which keys a query sees, when their numbers differ: where the diagonal starts.
  public enum Causal {
    /// Every key.
    NONE,
    /// Query i sees keys 0 to i: what `is_causal` means in PyTorch.
    UPPER_LEFT,
    /// Query i sees keys 0 to i + S - L: the queries are the last positions, as in decoding with a
    /// cache.
    LOWER_RIGHT;

    /// How many keys query `i` of `queries` sees of `keys`.
    long seen(long i, long queries, long keys) {
      return switch (this) {
        case NONE -> keys;
        case UPPER_LEFT -> Math.min(keys, i + 1);
        case LOWER_RIGHT -> Math.clamp(i + 1 + keys - queries, 0, keys);
      };
    }
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    Tensor q = inputs.get(0);
    Tensor k = inputs.get(1);
    Tensor v = inputs.get(2);
    DType type = q.dtype(name());
    if (!type.isFloat() || k.dtype(name()) != type || v.dtype(name()) != type) {
      throw TensorException.of(
          "attention: q, k and v must have one floating-point type, got %s, %s and" + " %s",
          type.label(), k.type().label(), v.type().label());
    }
    checkShapes(q, k, v);
    if (inputs.size() > 3) {
      checkMask(inputs.get(3), scores(q, k));
    }
    long[] shape = q.shape();
    shape[shape.length - 1] = v.size(-1);
    return Tensor.meta(type, shape);
  }

  private static void checkShapes(Tensor q, Tensor k, Tensor v) {
    int rank = q.rank();
    boolean fits = rank >= 2 && k.rank() == rank && v.rank() == rank;
    for (int d = 0; fits && d < rank - 3; d++) {
      fits = q.size(d) == k.size(d) && q.size(d) == v.size(d);
    }
    fits = fits && q.size(-1) == k.size(-1) && k.size(-2) == v.size(-2);
    if (fits && rank >= 3) {
      fits = k.size(-3) == v.size(-3) && k.size(-3) > 0 && q.size(-3) % k.size(-3) == 0;
    }
    ShapeException.check(
        fits,
        "attention: q [.., heads, L, E], k [.., kvHeads, S, E] and v [.., kvHeads, S, V] must agree,"
            + " heads a multiple of kvHeads; got %s, %s and %s",
        Layout.text(q.shape()),
        Layout.text(k.shape()),
        Layout.text(v.shape()));
  }

  /// The shape of the scores.
  private static long[] scores(Tensor q, Tensor k) {
    long[] shape = q.shape();
    shape[shape.length - 1] = k.size(-2);
    return shape;
  }

  private static void checkMask(Tensor mask, long... scores) {
    DType type = mask.dtype("attention");
    if (type != DType.BOOL && !type.isFloat()) {
      throw TensorException.of(
          "attention: the mask must be bool or floating-point, got %s", type.label());
    }
    long[] shape = Shapes.broadcast("attention", mask, Tensor.meta(DType.F32, scores));
    ShapeException.check(
        Arrays.equals(shape, scores),
        "attention: the mask %s does not broadcast to the scores %s",
        Layout.text(mask.shape()),
        Layout.text(scores));
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    List<Tensor> here = inputs.stream().map(Host::here).toList();
    if (like.dtype() == DType.F64) {
      Tensor rows = grouped(here.get(0), here.get(1), here.get(2));
      Tensor weights = weights(here, rows, grouped(here.get(1), here.get(0)));
      Tensor values = grouped(here.get(2), here.get(0));
      return weights.mul(drops(weights)).matmul(values).reshape(like.shape()).contiguous();
    }
    long[] scores = scores(here.get(0), here.get(1));
    HostArray out = AttentionHost.of(this, here, like.shape(), scores);
    return HostProducts.rounded(out, like.dtype());
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    Tensor q = inputs.get(0);
    Tensor k = grouped(inputs.get(1), q);
    Tensor v = grouped(inputs.get(2), q);
    Tensor rows = grouped(q, inputs.get(1), inputs.get(2));
    Tensor g = gradient.to(Normalize.wide(q)).reshape(replaceLast(rows.shape(), v.size(-1)));
    Tensor weights = weights(inputs, rows, k);
    Tensor drops = drops(weights);
    Tensor used = weights.mul(drops);
    Tensor ofWeights = g.matmul(v.transpose(-1, -2)).mul(drops);
    Tensor along = ofWeights.mul(weights).sum(Dims.KEEP, -1);
    Tensor ofScores = weights.mul(ofWeights.sub(along));
    Stream<Optional<Tensor>> operands =
        Stream.of(
            Autograd.wanted(q, () -> fit(ofScores.matmul(k).mul(scale), q)),
            Autograd.wanted(
                inputs.get(1),
                () ->
                    fit(
                        Shapes.sumTo(ofScores.transpose(-1, -2).matmul(rows).mul(scale), k),
                        inputs.get(1))),
            Autograd.wanted(
                inputs.get(2),
                () -> fit(Shapes.sumTo(used.transpose(-1, -2).matmul(g), v), inputs.get(2))));
    Stream<Optional<Tensor>> mask =
        inputs.stream()
            .skip(3)
            .map(m ->
                Autograd.wanted(
                    m,
                    () ->
                        Shapes.sumTo(ofScores.reshape(scores(q, inputs.get(1))), m).to(m.dtype())));
    return Stream.concat(operands, mask).toList();
  }

  private static Tensor fit(Tensor gradient, Tensor like) {
    return gradient.reshape(like.shape()).to(like.dtype());
  }

  private static long[] replaceLast(long[] shape, long size) {
    shape[shape.length - 1] = size;
    return shape;
  }

  /// Keys or values in the type of the arithmetic, with a dimension of size 1 for the query heads
  /// they serve.
  private static Tensor grouped(Tensor x, Tensor q) {
    Tensor wide = x.to(Normalize.wide(x));
    return q.rank() < 3 ? wide : wide.unsqueeze(-3);
  }

  /// Queries in the type of the arithmetic, `[.., kvHeads, heads / kvHeads, L, E]`.
  private static Tensor grouped(Tensor q, Tensor k, Tensor v) {
    Tensor wide = q.to(Normalize.wide(q));
    if (q.rank() < 3) {
      return wide;
    }
    long[] shape = Layout.insert(q.shape(), q.rank() - 2, q.size(-3) / v.size(-3));
    shape[q.rank() - 3] = k.size(-3);
    return wide.reshape(shape);
  }

  /// The weights before dropout, with the same bits as on the way forward.
  private Tensor weights(List<Tensor> inputs, Tensor rows, Tensor k) {
    Tensor scores = rows.matmul(k.transpose(-1, -2)).mul(scale);
    Tensor flat = scores.reshape(scores(inputs.get(0), inputs.get(1)));
    Tensor none = Create.scalarLike(flat, Float.NEGATIVE_INFINITY);
    if (inputs.size() > 3) {
      Tensor mask = inputs.get(3);
      flat = mask.dtype() == DType.BOOL ? mask.where(flat, none) : flat.add(mask.to(flat.dtype()));
    }
    if (causal != Causal.NONE) {
      flat = visible(flat.size(-2), flat.size(-1)).to(flat.device()).where(flat, none);
    }
    if (flat.size(-1) == 0) {
      return scores;
    }
    Tensor max = flat.detach().amax(Dims.KEEP, -1);
    Tensor shift = max.eq(Float.NEGATIVE_INFINITY).where(Create.zeroLike(max), max);
    Tensor exp = flat.sub(shift).exp();
    Tensor sum = exp.sum(Dims.KEEP, -1);
    Tensor weights = exp.div(sum.eq(0).where(Create.scalarLike(sum, 1), sum));
    return weights.reshape(scores.shape());
  }

  private Tensor visible(long queries, long keys) {
    boolean[] sees = new boolean[Math.toIntExact(queries * keys)];
    for (int i = 0; i < queries; i++) {
      int from = (int) (i * keys);
      Arrays.fill(sees, from, from + (int) causal.seen(i, queries, keys), true);
    }
    return Host.tensor(sees, queries, keys);
  }

  private Tensor drops(Tensor weights) {
    Tensor ones = Create.fullLike(weights, 1);
    return dropout == 0 ? ones : Dispatch.run(new Drop(dropout, seed), ones);
  }

  @Override
  public long flops(List<Tensor> inputs, Tensor output) {
    long scores = Layout.contiguous(scores(inputs.get(0), inputs.get(1))).elements();
    return 2 * scores * (inputs.get(0).size(-1) + inputs.get(2).size(-1));
  }
}
