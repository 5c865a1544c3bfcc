package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Tensor;

/// y = x times the transpose of `weight` `[out, in]`, plus `bias` `[out]`; inside a [LinearRule],
/// what the rule says.
public final class Linear extends Module {
  private final int in;
  private final int out;

  /// Both parameters uniform within 1/sqrt(in) of zero, drawn from `seed`.
  public Linear(int in, int out, long seed) {
    Check.argument(in > 0 && out > 0, "linear: sizes must be positive, were %d and %d", in, out);
    this.in = in;
    this.out = out;
    double bound = 1 / Math.sqrt(in);
    parameter("weight", Init.uniform(bound, 2 * seed, out, in));
    parameter("bias", Init.uniform(bound, 2 * seed + 1, out));
  }

  /// The weights, `[out, in]`.
  public Tensor weight() {
    return parameter("weight");
  }

  /// The bias, `[out]`.
  public Tensor bias() {
    return parameter("bias");
  }

  @Override
  public Tensor forward(Tensor x) {
    return LinearRules.output(this, x, () -> x.linear(weight(), bias()));
  }

  @Override
  protected String label() {
    return "Linear(in=" + in + ", out=" + out + ")";
  }
}
