package maia.quant;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.base.Check;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.Sequential;

/// Turns a trained network into its quantised form:
/// `Quantize.of(model).with(scheme).calibrate(data).apply()`.
public final class Quantize {
  private final Sequential model;
  private final Optional<Scheme> scheme;
  private final Optional<Tensor> data;

  private Quantize(Sequential model, Optional<Scheme> scheme, Optional<Tensor> data) {
    this.model = model;
    this.scheme = scheme;
    this.data = data;
  }

  /// Starts from a chain of modules; its linear layers and those of chains within it are replaced,
  /// other parts are kept, or refused when they hold linear layers. The model itself is unchanged.
  public static Quantize of(Sequential model) {
    return new Quantize(model, Optional.empty(), Optional.empty());
  }

  /// How weights and activations are stored.
  public Quantize with(Scheme chosen) {
    return new Quantize(model, Optional.of(chosen), data);
  }

  /// Inputs of the model on which the largest magnitudes of activations are measured.
  public Quantize calibrate(Tensor inputs) {
    return new Quantize(model, scheme, Optional.of(inputs));
  }

  /// The quantised network.
  public Sequential apply() {
    Scheme chosen =
        scheme.orElseThrow(() ->
            new IllegalArgumentException("quantise: no scheme was chosen; call with(Scheme...)"));
    boolean calibrates = chosen instanceof Scheme.PerTensor;
    Check.argument(
        !calibrates || data.isPresent(),
        "quantise %s: activations need a calibrated scale; call calibrate(inputs)",
        chosen.label());
    Optional<Tensor> inputs = calibrates ? data : Optional.empty();
    return Tensor.noGrad(() -> replace(model, chosen, inputs));
  }

  private static Sequential replace(Sequential chain, Scheme chosen, Optional<Tensor> inputs) {
    List<Module> parts = new ArrayList<>();
    Optional<Tensor> at = inputs;
    for (Module part : chain.parts()) {
      parts.add(replace(part, chosen, at));
      at = at.map(part::forward);
    }
    return Sequential.of(parts.toArray(Module[]::new));
  }

  private static Module replace(Module part, Scheme chosen, Optional<Tensor> inputs) {
    return switch (part) {
      case Linear linear ->
          QuantLinear.of(linear, chosen, inputs.map(x -> x.abs().amax().item()).orElse(1f));
      case Sequential chain -> replace(chain, chosen, inputs);
      default -> {
        Check.argument(
            !holdsLinear(part),
            "quantise %s: linear layers inside %s cannot be replaced; build it as a Sequential",
            chosen.label(),
            part.getClass().getSimpleName());
        yield part;
      }
    };
  }

  private static boolean holdsLinear(Module part) {
    return part instanceof Linear
        || part.children().values().stream().anyMatch(Quantize::holdsLinear);
  }
}
