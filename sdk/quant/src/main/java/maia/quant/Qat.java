package maia.quant;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import maia.base.Check;
import maia.numerics.DType;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.LinearRule;
import maia.tensor.nn.Module;

/// Training that sees quantised weights and inputs: a forward pass computes with the values that
/// storing gives, and gradients pass through the rounding, and through clipping, unchanged to the
/// fp32 parameters of the original model. [#convert] stores what was trained; its forward pass
/// gives the same bits.
public final class Qat extends Module {
  private final Module model;
  private final SequencedMap<String, Linear> linears;
  private final Map<Linear, Boolean> kept = new java.util.IdentityHashMap<>();
  private final Quantizer weights;
  private final Optional<Quantizer> activations;

  private Qat(Module model, Quantizer weights, Optional<Quantizer> activations, Set<String> keep) {
    this.model = child("model", model);
    this.weights = weights;
    this.activations = activations;
    this.linears = LayerInputs.linears(model);
    for (String name : keep) {
      Check.argument(
          linears.containsKey(name),
          "qat: no linear layer '%s'; there are %s",
          name,
          linears.keySet());
      kept.put(linears.get(name), true);
    }
  }

  /// Trains `model` for weights stored by `weights` and fp32 inputs.
  public static Qat of(Module model, Quantizer weights) {
    return new Qat(model, weights, Optional.empty(), Set.of());
  }

  /// Trains `model` for weights and inputs stored by these quantizers, with scales found anew for
  /// every input.
  public static Qat of(Module model, Quantizer weights, Quantizer activations) {
    return new Qat(model, weights, Optional.of(activations), Set.of());
  }

  /// The same, with some layers left as they are.
  public Qat keep(String... layers) {
    Set<String> names = new TreeSet<>();
    linears.forEach((name, layer) -> {
      if (kept.containsKey(layer)) {
        names.add(name);
      }
    });
    names.addAll(java.util.Arrays.asList(layers));
    return new Qat(model, weights, activations, names);
  }

  @Override
  public Tensor forward(Tensor x) {
    return LinearRule.within(this::output, () -> model.forward(x));
  }

  private Tensor output(Linear layer, Tensor x) {
    if (kept.containsKey(layer)) {
      return layer.forward(x);
    }
    Tensor read = activations.isPresent() ? through(x, activations.get()) : x;
    Tensor w = through(layer.weight(), weights);
    Optional<Tensor> bias = layer.hasBias() ? Optional.of(layer.bias()) : Optional.empty();
    return Linear.product(read, w, bias, DType.F32, layer.groups());
  }

  private static Tensor through(Tensor x, Quantizer quantizer) {
    int columns = Math.toIntExact(x.size(-1));
    int rows = Math.toIntExact(x.elements() / columns);
    float[] stored = quantizer.fake(x.detach().toArray(), rows, columns);
    return x.straightThrough(Tensor.of(stored, x.shape()));
  }

  /// The model with the weights stored as they are now.
  public QuantizedModel convert() {
    String[] names =
        linears.entrySet().stream()
            .filter(e -> kept.containsKey(e.getValue()))
            .map(Map.Entry::getKey)
            .toArray(String[]::new);
    Quantize<QuantizedModel> quantize = Quantize.of(model).weights(weights).keep(names);
    return (activations.isPresent() ? quantize.activations(activations.get()) : quantize).apply();
  }

  /// The linear layers that are trained for quantised weights.
  public SequencedMap<String, Linear> layers() {
    SequencedMap<String, Linear> all = new LinkedHashMap<>(linears);
    all.values().removeIf(kept::containsKey);
    return all;
  }

  @Override
  protected String label() {
    return "Qat(weights %s, activations %s)"
        .formatted(weights.label(), activations.map(Quantizer::label).orElse("f32"));
  }
}
