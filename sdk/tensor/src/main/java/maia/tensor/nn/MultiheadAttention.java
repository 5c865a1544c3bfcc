package maia.tensor.nn;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import maia.base.Check;
import maia.tensor.Attention;
import maia.tensor.Functional;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;

/// Attention of several heads over sequences `[N, length, width]`, with learned projections of
/// queries, keys and values before and of the result after.
///
/// Inputs of [#call]: `x` alone (self-attention), `query, key, value`, or these and a mask that
/// broadcasts to `[N, heads, L, S]` (BOOL: true takes part; floating-point: added to the scores).
/// Parameters are named as in PyTorch.
public final class MultiheadAttention extends Module {
  private final int width;
  private final int heads;
  private final Settings settings;
  private final List<Linear> projections;
  private final Linear output;
  private final DropoutStream stream;

  /// What may differ from plain attention.
  ///
  /// @param causal which keys a query sees before the mask
  /// @param dropout the probability of dropping a weight in training
  /// @param bias whether the projections add one
  public record Settings(Attention.Causal causal, double dropout, Bias bias) {
    /// Every key, no dropout, with biases.
    public static final Settings PLAIN = new Settings(Attention.Causal.NONE, 0, Bias.LEARNED);
  }

  /// Plain attention of `heads`, a divisor of `width`; parameters are drawn from `seed`.
  public MultiheadAttention(int width, int heads, long seed) {
    this(width, heads, Settings.PLAIN, seed);
  }

  /// Attention of `heads`, a divisor of `width`; parameters are drawn from `seed`.
  public MultiheadAttention(int width, int heads, Settings settings, long seed) {
    Check.argument(
        heads > 0 && width > 0 && width % heads == 0,
        "multiheadAttention: the width must be a positive multiple of the heads, were %d and %d",
        width,
        heads);
    this.width = width;
    this.heads = heads;
    this.settings = settings;
    this.stream = new DropoutStream(seed);
    parameter("in_proj_weight", Init.xavierUniform(1, 3 * seed, 3L * width, width));
    if (settings.bias() == Bias.LEARNED) {
      parameter("in_proj_bias", Init.full(0, 3L * width));
    }
    this.projections =
        IntStream.range(0, 3)
            .mapToObj(i -> new Linear(part(i), width, width, settings.bias()))
            .toList();
    this.output = child("out_proj", new Linear(width, width, settings.bias(), 3 * seed + 1));
  }

  /// Rows `which * width` and following of the packed parameters.
  private Linear.Source part(long which) {
    return new Linear.Source() {
      @Override
      public Tensor weight() {
        return parameter("in_proj_weight").narrow(0, which * width, width);
      }

      @Override
      public Tensor bias() {
        return parameter("in_proj_bias").narrow(0, which * width, width);
      }
    };
  }

  /// The projections of queries, keys and values as linear layers, which read their parts of
  /// `in_proj_weight` and `in_proj_bias` and hold no parameters themselves.
  public List<Linear> projections() {
    return projections;
  }

  @Override
  public Tensor forward(Tensor x) {
    return forward(List.of(x, x, x));
  }

  @Override
  public Tensor forward(List<Tensor> inputs) {
    ShapeException.check(
        inputs.size() >= 3
            && inputs.size() <= 4
            && inputs.stream().limit(3).allMatch(x -> x.rank() == 3 && x.size(2) == width),
        "multiheadAttention: needs query, key and value [N, length, %d] and maybe a mask, got %s",
        width,
        inputs.stream().map(x -> Arrays.toString(x.shape())).toList());
    Tensor q = heads(inputs.get(0), 0);
    Tensor k = heads(inputs.get(1), 1);
    Tensor v = heads(inputs.get(2), 2);
    Attention attention = Attention.of(q, settings.causal());
    if (isTraining() && settings.dropout() > 0) {
      attention = attention.withDropout(settings.dropout(), stream.next());
    }
    Tensor seen =
        inputs.size() == 3
            ? Functional.scaledDotProductAttention(q, k, v, attention)
            : Functional.scaledDotProductAttention(q, k, v, inputs.get(3), attention);
    return output.call(seen.transpose(1, 2).reshape(seen.size(0), seen.size(2), width));
  }

  /// Projection number `which` of `x`, as `[N, heads, length, width / heads]`.
  private Tensor heads(Tensor x, int which) {
    Tensor y = projections.get(which).forward(x);
    return y.reshape(x.size(0), x.size(1), heads, width / heads).transpose(1, 2);
  }

  @Override
  protected String label() {
    return "MultiheadAttention(width=" + width + ", heads=" + heads + ")";
  }
}
