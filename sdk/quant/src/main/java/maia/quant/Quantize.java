package maia.quant;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.base.Check;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.Sequential;

/// Turns a trained network into its quantised form.
///
/// For the device and the host: `Quantize.of(model).with(scheme).calibrate(data).apply()`. To study
/// any grid, sharing and method on the host:
/// `Quantize.of(model).weights(q).activations(q).calibrate(data).with(Method.GPTQ).apply()`.
public final class Quantize {
  private final Sequential model;
  private final Optional<Scheme> scheme;
  private final Optional<Quantizer> weights;
  private final Optional<Quantizer> activations;
  private final List<Method> methods;
  private final Optional<Tensor> data;

  private Quantize(
      Sequential model,
      Optional<Scheme> scheme,
      Optional<Quantizer> weights,
      Optional<Quantizer> activations,
      List<Method> methods,
      Optional<Tensor> data) {
    this.model = model;
    this.scheme = scheme;
    this.weights = weights;
    this.activations = activations;
    this.methods = List.copyOf(methods);
    this.data = data;
  }

  /// Starts from a chain of modules; its linear layers and those of chains within it are replaced,
  /// other parts are kept, or refused when they hold linear layers. The model itself is unchanged.
  public static Quantize of(Sequential model) {
    return new Quantize(
        model, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Optional.empty());
  }

  /// How weights and activations are stored, in a form that the simulated device runs too.
  public Quantize with(Scheme chosen) {
    return new Quantize(model, Optional.of(chosen), weights, activations, methods, data);
  }

  /// How weights are stored, on the host.
  public Quantize weights(Quantizer chosen) {
    return new Quantize(model, scheme, Optional.of(chosen), activations, methods, data);
  }

  /// How inputs of layers are stored, found anew for every input; without it they stay fp32.
  public Quantize activations(Quantizer chosen) {
    return new Quantize(model, scheme, weights, Optional.of(chosen), methods, data);
  }

  /// What is done to the weights, after what was named before.
  public Quantize with(Method method) {
    List<Method> more = new ArrayList<>(methods);
    more.add(method);
    return new Quantize(model, scheme, weights, activations, more, data);
  }

  /// Inputs of the model on which activations are measured.
  public Quantize calibrate(Tensor inputs) {
    return new Quantize(model, scheme, weights, activations, methods, Optional.of(inputs));
  }

  /// The quantised network.
  public Sequential apply() {
    Check.argument(
        scheme.isEmpty() || (weights.isEmpty() && activations.isEmpty() && methods.isEmpty()),
        "quantise: a scheme already says how weights and activations are stored; use either with(Scheme) or weights(...), activations(...) and with(Method)");
    Replacement replacement = weights.isPresent() ? byQuantizer(weights.get()) : byScheme();
    Optional<Tensor> inputs = replacement.calibrates() ? data : Optional.empty();
    return Tensor.noGrad(() -> replace(model, replacement, inputs));
  }

  /// What a linear layer becomes.
  private interface Replacement {
    boolean calibrates();

    String label();

    Module of(Linear layer, Optional<Tensor> inputs);
  }

  private Replacement byScheme() {
    Scheme chosen =
        scheme.orElseThrow(() ->
            new IllegalArgumentException("quantise: no scheme was chosen; call with(Scheme...)"));
    boolean calibrates = chosen instanceof Scheme.PerTensor;
    Check.argument(
        !calibrates || data.isPresent(),
        "quantise %s: activations need a calibrated scale; call calibrate(inputs)",
        chosen.label());
    return new Replacement() {
      @Override
      public boolean calibrates() {
        return calibrates;
      }

      @Override
      public String label() {
        return chosen.label();
      }

      @Override
      public Module of(Linear layer, Optional<Tensor> inputs) {
        return QuantLinear.of(layer, chosen, inputs.map(x -> x.abs().amax().item()).orElse(1f));
      }
    };
  }

  private Replacement byQuantizer(Quantizer chosen) {
    var builder = new LayerBuilder(chosen, activations, methods);
    Check.argument(
        !builder.calibrates() || data.isPresent(),
        "quantise by %s: needs to see inputs; call calibrate(inputs)",
        builder.label());
    return new Replacement() {
      @Override
      public boolean calibrates() {
        return builder.calibrates();
      }

      @Override
      public String label() {
        return chosen.label();
      }

      @Override
      public Module of(Linear layer, Optional<Tensor> inputs) {
        return builder.build(layer, inputs.map(Tensor::toArray).orElse(new float[0]));
      }
    };
  }

  private static Sequential replace(
      Sequential chain, Replacement replacement, Optional<Tensor> inputs) {
    List<Module> parts = new ArrayList<>();
    Optional<Tensor> at = inputs;
    for (Module part : chain.parts()) {
      parts.add(replace(part, replacement, at));
      at = at.map(part::forward);
    }
    return Sequential.of(parts.toArray(Module[]::new));
  }

  private static Module replace(Module part, Replacement replacement, Optional<Tensor> inputs) {
    return switch (part) {
      case Linear linear -> replacement.of(linear, inputs);
      case Sequential chain -> replace(chain, replacement, inputs);
      default -> {
        Check.argument(
            !holdsLinear(part),
            "quantise %s: linear layers inside %s cannot be replaced; build it as a Sequential",
            replacement.label(),
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
