package maia.quant;

import java.util.Optional;
import maia.base.Check;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;

/// A linear layer whose weights are stored, and whose inputs are rounded, by a [Scheme].
///
/// The rounding points are the ones a device computes: inputs are scaled (multiplied by the
/// reciprocal of their scale) and rounded; products are exact and summed in fp32 in ascending
/// order; then come the product of the two scales, the bias and whatever follows, all in fp32.
public final class QuantLinear extends Module {
  private final Scheme scheme;
  private final Tensor weight;
  private final Optional<Tensor> bias;
  private final float inputScale;
  private final float weightScale;
  private final int groups;

  private QuantLinear(
      Scheme scheme, Tensor weight, Linear source, float inputScale, float weightScale) {
    this.scheme = scheme;
    this.weight = weight;
    this.bias = source.hasBias() ? Optional.of(source.bias().detach()) : Optional.empty();
    this.groups = source.groups();
    this.inputScale = inputScale;
    this.weightScale = weightScale;
  }

  /// The quantised form of `source`.
  ///
  /// @param source the layer
  /// @param scheme how to store it
  /// @param inputMagnitude the largest magnitude its inputs take, for schemes that calibrate; must
  ///   be positive and finite
  public static QuantLinear of(Linear source, Scheme scheme, float inputMagnitude) {
    Tensor w = source.weight().detach();
    return switch (scheme) {
      case Scheme.Half(var type) -> new QuantLinear(scheme, w.to(type), source, 1, 1);
      case Scheme.PerTensor perTensor -> {
        Check.argument(
            inputMagnitude > 0 && Float.isFinite(inputMagnitude),
            "quantise %s: the calibrated input magnitude must be positive and finite, was %s; calibrate on real data",
            perTensor.label(),
            inputMagnitude);
        float weightMagnitude = w.abs().amax().item();
        Check.argument(
            Float.isFinite(weightMagnitude),
            "quantise %s: weights must be finite, the largest magnitude was %s; train again or clamp them",
            perTensor.label(),
            weightMagnitude);
        float weightScale = perTensor.scale(weightMagnitude);
        Tensor scaled = w.mul(1 / weightScale).to(perTensor.type());
        yield new QuantLinear(scheme, scaled, source, perTensor.scale(inputMagnitude), weightScale);
      }
      case Scheme.Block(var format, var rule) ->
          new QuantLinear(scheme, w.quantize(format, rule), source, 1, 1);
    };
  }

  /// How it is stored.
  public Scheme scheme() {
    return scheme;
  }

  /// The stored weights.
  public Tensor weight() {
    return weight;
  }

  /// `x` as this layer reads it; unchanged when it already has the stored type.
  public Tensor quantizeInput(Tensor x) {
    ElementType stored = scheme.type();
    if (x.type().equals(stored)) {
      return x;
    }
    return switch (scheme) {
      case Scheme.Half(var type) -> x.to(type);
      case Scheme.PerTensor(var type) -> x.mul(1 / inputScale).to(type);
      case Scheme.Block(var format, var rule) -> x.quantize(format, rule);
    };
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor read = quantizeInput(x);
    Tensor w = ChipForm.moved(weight, x);
    Optional<Tensor> b = bias.map(v -> ChipForm.moved(v, x));
    return switch (scheme) {
      case Scheme.Half _, Scheme.Block _ -> Linear.product(read, w, b, DType.F32, groups);
      case Scheme.PerTensor _ -> {
        Tensor sums = Linear.product(read, w, Optional.empty(), DType.F32, groups);
        Tensor scaled = sums.mul(inputScale * weightScale);
        yield b.isPresent() ? scaled.add(b.get()) : scaled;
      }
    };
  }

  @Override
  protected String label() {
    return "QuantLinear(in=%d, out=%d, %s)"
        .formatted(weight.size(1), weight.size(0), scheme.label());
  }
}
