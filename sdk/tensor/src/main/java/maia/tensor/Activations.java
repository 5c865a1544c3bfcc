package maia.tensor;

import java.util.Arrays;
import maia.base.Check;

/// Activations made of other operations, as in `torch.nn.functional`; the common ones with kernels
/// of their own are in [Functional].
public final class Activations {
  private static final double SELU_ALPHA = 1.6732632423543772;
  private static final double SELU_SCALE = 1.0507009873554805;

  private Activations() {}

  /// x limited to 0 and 6.
  public static Tensor relu6(Tensor x) {
    return x.clamp(0, 6);
  }

  /// x limited to `low` and `high`.
  public static Tensor hardtanh(Tensor x, double low, double high) {
    Check.argument(low < high, "hardtanh: low must be below high, were %s and %s", low, high);
    return x.clamp(low, high);
  }

  /// (x + 3) / 6 limited to 0 and 1.
  public static Tensor hardsigmoid(Tensor x) {
    return relu6(x.add(3)).div(6);
  }

  /// x times [#hardsigmoid] of x.
  public static Tensor hardswish(Tensor x) {
    return x.mul(hardsigmoid(x));
  }

  /// x tanh(log(1 + e^x)).
  public static Tensor mish(Tensor x) {
    return x.mul(Functional.softplus(x).tanh());
  }

  /// The self-normalising ELU of Klambauer et al.: 1.0507 (x above 0, else 1.6733 (e^x - 1)).
  public static Tensor selu(Tensor x) {
    return Functional.elu(x, SELU_ALPHA).mul(SELU_SCALE);
  }

  /// x above 0, else `alpha` (e^(x / alpha) - 1).
  public static Tensor celu(Tensor x, double alpha) {
    Check.argument(alpha > 0, "celu: alpha must be positive, was %s", alpha);
    return Functional.elu(x.div(alpha), 1).mul(alpha);
  }

  /// x / (1 + |x|).
  public static Tensor softsign(Tensor x) {
    return x.div(x.abs().add(1));
  }

  /// log(1 / (1 + e^-x)).
  public static Tensor logSigmoid(Tensor x) {
    return Functional.softplus(x.neg()).neg();
  }

  /// 0 where the magnitude of x is at most `limit`, else x.
  public static Tensor hardshrink(Tensor x, double limit) {
    return x.abs().le(limit).where(0, x);
  }

  /// x brought closer to 0 by `limit`, at least 0; 0 where it is closer than that.
  public static Tensor softshrink(Tensor x, double limit) {
    Check.argument(limit >= 0, "softshrink: the limit must not be negative, was %s", limit);
    return x.sub(x.clamp(-limit, limit));
  }

  /// x - tanh x.
  public static Tensor tanhshrink(Tensor x) {
    return x.sub(x.tanh());
  }

  /// `value` where x is at most `limit`, else x.
  public static Tensor threshold(Tensor x, double limit, double value) {
    return x.le(limit).where(value, x);
  }

  /// x above 0, else `slope` x: a vector of one slope, or of one per channel of x `[N, channels,
  /// ..]`.
  public static Tensor prelu(Tensor x, Tensor slope) {
    long channels = x.rank() < 2 ? 1 : x.size(1);
    ShapeException.check(
        slope.rank() == 1 && (slope.size(0) == 1 || slope.size(0) == channels),
        "prelu: needs one slope or %d, one per channel of %s, got %s",
        channels,
        Layout.text(x.shape()),
        Layout.text(slope.shape()));
    long[] shape = new long[Math.max(1, x.rank())];
    Arrays.fill(shape, 1);
    shape[x.rank() < 2 ? 0 : 1] = slope.size(0);
    Tensor factors = x.rank() == 0 ? slope.reshape() : slope.reshape(shape);
    return x.gt(0).where(x, x.mul(factors));
  }

  /// The first half of x along `dim` times the logistic function of the second.
  public static Tensor glu(Tensor x, int dim) {
    long size = x.size(dim);
    ShapeException.check(
        size % 2 == 0,
        "glu: dimension %d must have an even size, the shape is %s",
        dim,
        Layout.text(x.shape()));
    return x.narrow(dim, 0, size / 2).mul(x.narrow(dim, size / 2, size / 2).sigmoid());
  }

  /// [Tensor#softmax] of -x.
  public static Tensor softmin(Tensor x, int dim) {
    return x.neg().softmax(dim);
  }
}
