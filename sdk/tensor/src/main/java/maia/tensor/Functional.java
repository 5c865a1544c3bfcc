package maia.tensor;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import maia.numerics.DType;

/// Functions of networks on tensors, as in `torch.nn.functional`: activations, normalisation,
/// embedding, dropout, attention and losses. The modules of [maia.tensor.nn] call them.
public final class Functional {
  private Functional() {}

  // ---------------------------------------------------------------- activations

  /// x/2 (1 + erf(x / sqrt 2)).
  public static Tensor gelu(Tensor x) {
    return Dispatch.run(new Activation.Gelu(), x);
  }

  /// The approximation of [#gelu] by the hyperbolic tangent.
  public static Tensor geluTanh(Tensor x) {
    return Dispatch.run(new Activation.GeluTanh(), x);
  }

  /// x times the logistic function of x.
  public static Tensor silu(Tensor x) {
    return Dispatch.run(new Activation.Silu(), x);
  }

  /// x where it is at least 0, else `slope` x.
  public static Tensor leakyRelu(Tensor x, double slope) {
    return Dispatch.run(new Activation.LeakyRelu((float) slope), x);
  }

  /// x above 0, else `alpha` (e^x - 1).
  public static Tensor elu(Tensor x, double alpha) {
    return Dispatch.run(new Activation.Elu((float) alpha), x);
  }

  /// log(1 + e^x).
  public static Tensor softplus(Tensor x) {
    return Dispatch.run(new Activation.Softplus(), x);
  }

  // ---------------------------------------------------------------- normalisation

  /// (x - mean) / sqrt(variance + epsilon) over the last `dims` dimensions.
  public static Tensor layerNorm(Tensor x, int dims, double epsilon) {
    return Dispatch.run(new Normalize.LayerNorm(dims, (float) epsilon), x);
  }

  /// [#layerNorm(Tensor, int, double)] over the dimensions of `weight`, times `weight`.
  public static Tensor layerNorm(Tensor x, Tensor weight, double epsilon) {
    return Dispatch.run(new Normalize.LayerNorm(weight.rank(), (float) epsilon), x, weight);
  }

  /// [#layerNorm(Tensor, int, double)] over the dimensions of `weight`, times `weight`, plus
  /// `bias`.
  public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon) {
    return Dispatch.run(new Normalize.LayerNorm(weight.rank(), (float) epsilon), x, weight, bias);
  }

  /// x / sqrt(mean(x^2) + epsilon) over the last `dims` dimensions.
  public static Tensor rmsNorm(Tensor x, int dims, double epsilon) {
    return Dispatch.run(new Normalize.RmsNorm(dims, (float) epsilon), x);
  }

  /// [#rmsNorm(Tensor, int, double)] over the dimensions of `weight`, times `weight`.
  public static Tensor rmsNorm(Tensor x, Tensor weight, double epsilon) {
    return Dispatch.run(new Normalize.RmsNorm(weight.rank(), (float) epsilon), x, weight);
  }

  /// Groups of channels of x `[N, channels, ..]` normalised, each channel times its weight plus its
  /// bias; see [ChannelNorm].
  public static Tensor groupNorm(Tensor x, int groups, Tensor weight, Tensor bias, double epsilon) {
    return Dispatch.run(new ChannelNorm(groups, (float) epsilon), x, weight, bias);
  }

  /// [#groupNorm(Tensor, int, Tensor, Tensor, double)] without weight and bias.
  public static Tensor groupNorm(Tensor x, int groups, double epsilon) {
    return Dispatch.run(new ChannelNorm(groups, (float) epsilon), x);
  }

  // ---------------------------------------------------------------- embedding, dropout, positions

  /// The rows of `weight` `[rows, width]` that an integer tensor of any shape names: `[.., width]`.
  /// An index outside the rows is refused when the result is computed.
  public static Tensor embedding(Tensor index, Tensor weight) {
    ShapeException.check(
        weight.rank() == 2,
        "embedding: the weight must be [rows, width], got %s",
        Layout.text(weight.shape()));
    ShapeException.check(
        index.dtype("embedding").isInteger(),
        "embedding: needs integer indices, got %s %s; convert with to(I64)",
        index.type().label(),
        Layout.text(index.shape()));
    long[] shape = Layout.insert(index.shape(), index.rank(), weight.size(1));
    return Dispatch.run(new Selection.Rows(true), weight, index.reshape(index.elements()))
        .reshape(shape);
  }

  /// Elements dropped with `probability`, the others scaled up to keep the mean; see [Drop].
  public static Tensor dropout(Tensor x, double probability, long seed) {
    return probability == 0 ? x : Dispatch.run(new Drop((float) probability, seed), x);
  }

  /// Whole channels of x `[N, channels, ..]` dropped with `probability`, the others scaled up to
  /// keep the mean.
  public static Tensor channelDropout(Tensor x, double probability, long seed) {
    ShapeException.check(
        x.rank() >= 3,
        "channelDropout: needs [N, channels, ..] of at least three dimensions, got %s",
        Layout.text(x.shape()));
    long[] shape = x.shape();
    Arrays.fill(shape, 2, shape.length, 1);
    return x.mul(dropout(Tensor.full(1, x.dtype(), shape).to(x.device()), probability, seed));
  }

  /// Each channel of each x `[N, channels, ..]` normalised on its own.
  public static Tensor instanceNorm(Tensor x, double epsilon) {
    ShapeException.check(
        x.rank() >= 3,
        "instanceNorm: needs [N, channels, ..] of at least three dimensions, got %s",
        Layout.text(x.shape()));
    return groupNorm(x, Math.toIntExact(x.size(1)), epsilon);
  }

  /// Pairs of channels turned by angles with these cosines and sines; see [Rotary].
  public static Tensor rotary(Tensor x, Tensor cos, Tensor sin, Rotary.Pairs pairs) {
    return Dispatch.run(new Rotary(pairs), x, cos, sin);
  }

  // ---------------------------------------------------------------- attention

  /// softmax(q k^T / sqrt E) v over every key; see [Attention] for shapes.
  public static Tensor scaledDotProductAttention(Tensor q, Tensor k, Tensor v) {
    return scaledDotProductAttention(q, k, v, Attention.Causal.NONE);
  }

  /// softmax(q k^T / sqrt E) v over the keys that `causal` lets a query see.
  public static Tensor scaledDotProductAttention(
      Tensor q, Tensor k, Tensor v, Attention.Causal causal) {
    return scaledDotProductAttention(q, k, v, Attention.of(q, causal));
  }

  /// Attention with a boolean mask (true takes part) or one that is added to the scores.
  public static Tensor scaledDotProductAttention(Tensor q, Tensor k, Tensor v, Tensor mask) {
    return scaledDotProductAttention(q, k, v, mask, Attention.of(q, Attention.Causal.NONE));
  }

  /// Attention with the scale and dropout that `settings` names.
  public static Tensor scaledDotProductAttention(Tensor q, Tensor k, Tensor v, Attention settings) {
    return Dispatch.run(settings, q, k, v);
  }

  /// Attention with a mask and settings.
  public static Tensor scaledDotProductAttention(
      Tensor q, Tensor k, Tensor v, Tensor mask, Attention settings) {
    return Dispatch.run(settings, q, k, v, mask);
  }

  // ---------------------------------------------------------------- losses

  /// The mean over a batch of the negative logarithm of the probability that softmax of the logits
  /// gives the true class. Logits are `[N, classes, ..]` (or `[classes]`), `classes` without that
  /// dimension; rows of class [CrossEntropy#IGNORE] count nothing.
  public static Tensor crossEntropy(Tensor logits, Tensor classes) {
    return crossEntropy(
        logits,
        classes,
        new CrossEntropy(CrossEntropy.IGNORE, 0),
        Optional.empty(),
        LossReduction.MEAN);
  }

  /// As [#crossEntropy(Tensor, Tensor)] with the ignored class, label smoothing, a weight per class
  /// and the reduction. The mean is weighted with the weights of the true classes. Floating-point
  /// `classes` of the shape of the logits are probabilities of each class; their mean is over rows.
  public static Tensor crossEntropy(
      Tensor logits,
      Tensor classes,
      CrossEntropy settings,
      Optional<Tensor> weight,
      LossReduction reduction) {
    Tensor rows = classesLast(logits);
    if (classes.dtype().isFloat()) {
      return SoftTargets.loss(rows, classesLast(classes), settings.smoothing(), weight, reduction);
    }
    ShapeException.check(
        logits.rank() > 0 && Arrays.equals(lead(rows), classes.shape()),
        "crossEntropy: logits must be [N, classes] and targets [N], got %s and %s",
        Arrays.toString(logits.shape()),
        Arrays.toString(classes.shape()));
    Tensor[] inputs =
        Stream.concat(
                Stream.of(
                    rows.reshape(classes.elements(), rows.size(-1)),
                    classes.reshape(classes.elements())),
                weight.stream())
            .toArray(Tensor[]::new);
    Tensor loss = Dispatch.run(settings, inputs);
    return switch (reduction) {
      case NONE, SUM, BATCH_MEAN -> reduction.of(loss.reshape(classes.shape()));
      case MEAN -> loss.sum().div(counted(inputs, settings));
    };
  }

  private static Tensor classesLast(Tensor logits) {
    Tensor at = logits;
    for (int d = 1; d + 1 < logits.rank(); d++) {
      at = at.transpose(d, d + 1);
    }
    return at;
  }

  private static long[] lead(Tensor rows) {
    return Arrays.copyOf(rows.shape(), rows.rank() - 1);
  }

  /// The sum of the weights of the true classes of the rows that count.
  private static Tensor counted(Tensor[] inputs, CrossEntropy settings) {
    Tensor counts = settings.counted(inputs[1]);
    if (inputs.length == 2) {
      return counts.to(DType.F32).sum();
    }
    Tensor safe = counts.where(inputs[1], Create.zeroLike(inputs[1]));
    Tensor weights = inputs[2].detach().to(DType.F32).rows(safe);
    return counts.where(weights, Create.zeroLike(weights)).sum();
  }
}
