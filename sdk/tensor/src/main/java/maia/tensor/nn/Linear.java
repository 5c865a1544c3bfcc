package maia.tensor.nn;

import java.util.Optional;
import maia.base.Check;
import maia.tensor.Tensor;

/// y = x times the transpose of `weight` `[out, in]`, plus `bias` `[out]` where there is one;
/// inside a [LinearRule], what the rule says.
public final class Linear extends Module {
  private final int in;
  private final int out;
  private final Bias bias;
  private final Optional<Source> source;

  /// Weight and bias uniform within 1/sqrt(in) of zero, drawn from `seed`.
  public Linear(int in, int out, long seed) {
    this(in, out, Bias.LEARNED, seed);
  }

  /// As [#Linear(int, int, long)], with or without a bias.
  public Linear(int in, int out, Bias bias, long seed) {
    Check.argument(in > 0 && out > 0, "linear: sizes must be positive, were %d and %d", in, out);
    this.in = in;
    this.out = out;
    this.bias = bias;
    this.source = Optional.empty();
    double bound = 1 / Math.sqrt(in);
    parameter("weight", Init.uniform(bound, 2 * seed, out, in));
    if (bias == Bias.LEARNED) {
      parameter("bias", Init.uniform(bound, 2 * seed + 1, out));
    }
  }

  /// Whose parameters a layer computes with.
  interface Source {
    /// `[out, in]`.
    Tensor weight();

    /// `[out]`.
    Tensor bias();
  }

  /// A product that another module contains: it reads the parameters of `source` and holds none.
  Linear(Source source, int in, int out, Bias bias) {
    this.in = in;
    this.out = out;
    this.bias = bias;
    this.source = Optional.of(source);
  }

  /// The weights, `[out, in]`.
  public Tensor weight() {
    return source.isPresent() ? source.get().weight() : parameter("weight");
  }

  /// Whether it adds a bias.
  public boolean hasBias() {
    return bias == Bias.LEARNED;
  }

  /// The bias, `[out]`; refused where there is none.
  public Tensor bias() {
    return source.isPresent() ? source.get().bias() : parameter("bias");
  }

  @Override
  public Tensor forward(Tensor x) {
    return LinearRules.output(
        this, x, () -> hasBias() ? x.linear(weight(), bias()) : x.linear(weight()));
  }

  @Override
  protected String label() {
    String sizes = "Linear(in=" + in + ", out=" + out;
    return sizes + (bias == Bias.NONE ? ", bias=none)" : ")");
  }
}
