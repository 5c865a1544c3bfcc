package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maia.numerics.DType;

/// Group normalisation of x `[N, channels, ..]`: groups of neighbouring channels are normalised as
/// by [Normalize.LayerNorm] over all their elements, then each channel is multiplied with its
/// weight and its bias is added, both `[channels]` and optional.
///
/// @param groups how many, a divisor of the channels
/// @param epsilon added to the variance
public record ChannelNorm(int groups, float epsilon) implements Op {
  @Override
  public String name() {
    return "groupNorm";
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    DType type = x.dtype(name());
    if (!type.isFloat()) {
      throw TensorException.of(
          "groupNorm: not defined for %s; convert the tensor with to(F32)", type.label());
    }
    ShapeException.check(
        x.rank() >= 2 && groups > 0 && x.size(1) % groups == 0,
        "groupNorm: x must be [N, channels, ..] with channels a multiple of the %d groups, got %s",
        groups,
        Layout.text(x.shape()));
    for (Tensor affine : inputs.subList(1, inputs.size())) {
      ShapeException.check(
          affine.dtype(name()).isFloat() && affine.rank() == 1 && affine.size(0) == x.size(1),
          "groupNorm: weight and bias must be floating-point, one per channel of x, which is %s; got"
              + " %s %s",
          Layout.text(x.shape()),
          affine.type().label(),
          Layout.text(affine.shape()));
    }
    return Tensor.meta(type, x.shape());
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    Tensor x = Host.here(inputs.getFirst());
    DType wide = Normalize.wide(like);
    Tensor y = normal(x.to(wide)).reshape(x.shape());
    if (inputs.size() > 1) {
      y = y.mul(perChannel(Host.here(inputs.get(1)), x).to(wide));
    }
    if (inputs.size() > 2) {
      y = y.add(perChannel(Host.here(inputs.get(2)), x).to(wide));
    }
    return y.to(like.dtype()).contiguous();
  }

  /// The normalised values, one row per group.
  private Tensor normal(Tensor x) {
    Tensor rows = x.reshape(x.size(0) * groups, width(x));
    return Dispatch.run(new Normalize.LayerNorm(1, epsilon), rows);
  }

  private long width(Tensor x) {
    long rows = x.size(0) * groups;
    return rows == 0 ? 0 : x.elements() / rows;
  }

  private static Tensor perChannel(Tensor affine, Tensor x) {
    long[] shape = new long[x.rank() - 1];
    Arrays.fill(shape, 1);
    shape[0] = affine.size(0);
    return affine.reshape(shape);
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    Tensor x = inputs.getFirst();
    DType wide = Normalize.wide(x);
    Tensor g = gradient.to(wide);
    Tensor scaled = inputs.size() > 1 ? g.mul(perChannel(inputs.get(1), x).to(wide)) : g;
    Tensor rows = x.to(wide).reshape(x.size(0) * groups, width(x));
    var parts = Normalize.Parts.of(new Normalize.LayerNorm(1, epsilon), rows);
    Stream<Optional<Tensor>> ofX =
        Stream.of(
            Autograd.wanted(
                x,
                () ->
                    parts.backward(scaled.reshape(rows.shape())).reshape(x.shape()).to(x.dtype())));
    Stream<Optional<Tensor>> ofAffine =
        Stream.iterate(1, i -> i < inputs.size(), i -> i + 1)
            .map(i -> {
              Tensor a = inputs.get(i);
              return Autograd.wanted(
                  a,
                  () ->
                      Shapes.sumTo(
                              i == 1 ? g.mul(parts.normal().reshape(x.shape())) : g,
                              perChannel(a, x))
                          .reshape(a.shape())
                          .to(a.dtype()));
            });
    return Stream.concat(ofX, ofAffine).toList();
  }
}
