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

  /// Starts from a chain of modules; its linear layers are replaced, the others kept. The model
  /// itself is unchanged.
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
    return Tensor.noGrad(() -> replace(chosen));
  }

  private Sequential replace(Scheme chosen) {
    List<Module> parts = new ArrayList<>();
    Optional<Tensor> at = data;
    for (Module part : model.parts()) {
      if (part instanceof Linear linear) {
        float magnitude = at.map(x -> x.abs().amax().item()).orElse(1f);
        parts.add(QuantLinear.of(linear, chosen, magnitude));
      } else {
        parts.add(part);
      }
      at = at.map(part::forward);
    }
    return Sequential.of(parts.toArray(Module[]::new));
  }
}
