package maia.tensor.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.base.Check;
import maia.numerics.DType;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;

/// y = x times the transpose of `weight` `[out, in]`, plus `bias` `[out]` where there is one;
/// inside a [LinearRule], what the rule says.
///
/// The [Windowed#product] of a convolution with groups has as many [#groups]: x is `[.., groups,
/// in]`, and group `g` of its rows meets part `g` of the outputs alone.
public final class Linear extends Module {
  private final int in;
  private final int out;
  private final Bias bias;
  private final int groups;
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
    this.groups = 1;
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
    this(source, in, out, bias, 1);
  }

  /// As [#Linear(Source, int, int, Bias)], the outputs in `groups`.
  Linear(Source source, int in, int out, Bias bias, int groups) {
    this.in = in;
    this.out = out;
    this.bias = bias;
    this.groups = groups;
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

  /// Parts of the outputs that have inputs of their own; 1 where all outputs see all inputs.
  public int groups() {
    return groups;
  }

  @Override
  public Tensor forward(Tensor x) {
    return LinearRules.output(this, x, () -> own(x));
  }

  private Tensor own(Tensor x) {
    if (groups == 1) {
      return hasBias() ? x.linear(weight(), bias()) : x.linear(weight());
    }
    Optional<Tensor> added = hasBias() ? Optional.of(bias()) : Optional.empty();
    return product(x, weight(), added, Tensor.resultType(x, weight()), groups);
  }

  /// The output, in `type`, of a layer like these with other parameters: `x` `[.., in]`, or with
  /// groups `[.., groups, in]`, times the transpose of `weight` `[out, in]`, plus `bias` `[out]`.
  public static Tensor product(
      Tensor x, Tensor weight, Optional<Tensor> bias, DType type, int groups) {
    if (groups == 1) {
      return bias.isPresent() ? x.linear(weight, bias.get(), type) : x.linear(weight, type);
    }
    ShapeException.check(
        x.rank() >= 2 && x.size(-2) == groups,
        "linear: a layer of %d groups needs [.., %d, in], got %s",
        groups,
        groups,
        Arrays.toString(x.shape()));
    long rows = weight.size(0) / groups;
    List<Tensor> parts = new ArrayList<>();
    for (int g = 0; g < groups; g++) {
      Tensor own = weight.narrow(0, g * rows, rows);
      long from = g * rows;
      Optional<Tensor> added = bias.map(b -> b.narrow(0, from, rows));
      parts.add(product(x.select(-2, g), own, added, type, 1));
    }
    return Tensor.cat(parts, -1);
  }

  @Override
  protected String label() {
    String sizes = "Linear(in=" + in + ", out=" + out;
    String parts = groups == 1 ? "" : ", groups=" + groups;
    return sizes + parts + (bias == Bias.NONE ? ", bias=none)" : ")");
  }
}
