package maia.quant;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import maia.base.Check;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.Sequential;

/// Turns a trained network into its quantised form.
///
/// For the device and the host: `Quantize.of(model).with(scheme).calibrate(data).apply()`. To study
/// any grid, sharing and method on the host:
/// `Quantize.of(model).weights(MXFP4).activations(FP8_E4M3).calibrate(data).with(Gptq.defaults()).apply()`.
///
/// @param <M> what comes out: a chain for a chain, else a [QuantizedModel]
public final class Quantize<M extends Module> {
  private final Form<M> form;
  private final Choices choices;

  /// What is in force so far.
  private record Choices(
      Optional<Scheme> scheme,
      Optional<Quantizer> weights,
      Optional<Quantizer> activations,
      Optional<Observer.Rule> observer,
      List<Method> methods,
      Optional<Tensor> data,
      Set<String> kept,
      Map<String, Quantizer> assigned) {}

  private Quantize(Form<M> form, Choices choices) {
    this.form = form;
    this.choices = choices;
  }

  private static <M extends Module> Quantize<M> start(Form<M> form) {
    return new Quantize<>(
        form,
        new Choices(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Set.of(),
            Map.of()));
  }

  /// Starts from a chain of modules; its linear layers, convolutions and recurrent layers and those
  /// of chains within it are replaced, other parts are kept, or refused when they hold linear
  /// layers. The model itself is unchanged, and stays so when the result is moved or converted:
  /// kept parts have tensors of their own from then on. They run as in use, whatever the mode, as
  /// in a [QuantizedModel].
  public static Quantize<Sequential> of(Sequential model) {
    return start(new ChainForm(model));
  }

  /// Starts from any module; its linear layers, wherever they are, compute with quantised weights
  /// inside the result: convolutions and transposed convolutions (as products of their windows),
  /// the projections of attention modules (`q_proj`, `k_proj` and `v_proj`) and the products of
  /// LSTM, GRU and RNN (`ih_l0`, `hh_l0`) among them. The model itself is unchanged.
  public static Quantize<QuantizedModel> of(Module model) {
    return start(new ModelForm(model));
  }

  /// How weights and activations are stored, in a form that the simulated device runs too.
  public Quantize<M> with(Scheme chosen) {
    return new Quantize<>(
        form,
        new Choices(
            Optional.of(chosen),
            choices.weights,
            choices.activations,
            choices.observer,
            choices.methods,
            choices.data,
            choices.kept,
            choices.assigned));
  }

  /// How weights are stored, on the host.
  public Quantize<M> weights(Quantizer chosen) {
    return with(Optional.of(chosen), choices.activations, choices.observer);
  }

  /// Weights in a block format, by the OCP scale rule (FLOOR) where scales are powers of two.
  public Quantize<M> weights(BlockFormat format) {
    return weights(Quantizer.of(format, ScaleRule.FLOOR));
  }

  /// Weights in a floating-point format with one binary32 scale per output channel.
  public Quantize<M> weights(DType type) {
    return weights(Quantizer.of(new Grid.Floats(type), Quantizer.Sharing.ROWS));
  }

  /// How inputs of layers are stored, with scales found anew for every input; without it they stay
  /// fp32.
  public Quantize<M> activations(Quantizer chosen) {
    return with(choices.weights, Optional.of(chosen), Optional.empty());
  }

  /// How inputs of layers are stored, with fixed scales whose range `rule` chooses on the
  /// calibration data.
  public Quantize<M> activations(Quantizer chosen, Observer.Rule rule) {
    return with(choices.weights, Optional.of(chosen), Optional.of(rule));
  }

  /// Inputs in a block format, by the OCP scale rule (FLOOR) where scales are powers of two.
  public Quantize<M> activations(BlockFormat format) {
    return activations(Quantizer.of(format, ScaleRule.FLOOR));
  }

  /// Inputs in a floating-point format with one binary32 scale per token, found anew.
  public Quantize<M> activations(DType type) {
    return activations(Quantizer.of(new Grid.Floats(type), Quantizer.Sharing.ROWS));
  }

  private Quantize<M> with(
      Optional<Quantizer> weights,
      Optional<Quantizer> activations,
      Optional<Observer.Rule> observer) {
    return new Quantize<>(
        form,
        new Choices(
            choices.scheme,
            weights,
            activations,
            observer,
            choices.methods,
            choices.data,
            choices.kept,
            choices.assigned));
  }

  /// What is done to the weights, after what was named before.
  public Quantize<M> with(Method method) {
    List<Method> more = new ArrayList<>(choices.methods);
    more.add(method);
    return new Quantize<>(
        form,
        new Choices(
            choices.scheme,
            choices.weights,
            choices.activations,
            choices.observer,
            List.copyOf(more),
            choices.data,
            choices.kept,
            choices.assigned));
  }

  /// Weights are rounded by GPTQ.
  public Quantize<M> with(Gptq settings) {
    return with(new Method.ByGptq(settings));
  }

  /// Zero points are found by HQQ.
  public Quantize<M> with(Hqq settings) {
    return with(new Method.ByHqq(settings));
  }

  /// Inputs of the model on which activations are measured.
  public Quantize<M> calibrate(Tensor inputs) {
    return with(Optional.of(inputs), choices.kept, choices.assigned);
  }

  /// Layers that stay as they are, by dotted name.
  public Quantize<M> keep(String... layers) {
    Set<String> kept = new TreeSet<>(choices.kept);
    kept.addAll(Arrays.asList(layers));
    return with(choices.data, kept, choices.assigned);
  }

  /// Layers whose weights are stored in another way than the rest, by dotted name.
  public Quantize<M> weights(Map<String, Quantizer> layers) {
    return with(choices.data, choices.kept, Map.copyOf(layers));
  }

  private Quantize<M> with(
      Optional<Tensor> data, Set<String> kept, Map<String, Quantizer> assigned) {
    return new Quantize<>(
        form,
        new Choices(
            choices.scheme,
            choices.weights,
            choices.activations,
            choices.observer,
            choices.methods,
            data,
            Set.copyOf(kept),
            assigned));
  }

  /// The quantised network.
  public M apply() {
    Check.argument(
        choices.scheme.isEmpty()
            || (choices.weights.isEmpty()
                && choices.activations.isEmpty()
                && choices.methods.isEmpty()
                && choices.assigned.isEmpty()),
        "quantise: a scheme already says how weights and activations are stored; use either with(Scheme) or weights(...), activations(...) and with(Method)");
    Check.argument(
        choices.data.stream().allMatch(x -> x.elements() > 0),
        "calibrate: needs at least one value, got inputs of %s",
        choices.data.map(x -> Arrays.toString(x.shape())).orElse(""));
    boolean isStudied = choices.weights.isPresent() || !choices.assigned.isEmpty();
    checkNames();
    Form.Replacement replacement = isStudied ? byQuantizer() : byScheme();
    Optional<Tensor> inputs = replacement.calibrates() ? choices.data : Optional.empty();
    return Tensor.noGrad(() -> form.replaced(replacement, inputs));
  }

  private void checkNames() {
    Set<String> known = form.layers();
    for (Set<String> named : List.of(choices.kept, choices.assigned.keySet())) {
      for (String name : named) {
        Check.argument(
            known.contains(name), "quantise: no linear layer '%s'; there are %s", name, known);
      }
    }
  }

  private Form.Replacement byScheme() {
    Check.argument(
        choices.activations.isEmpty() && choices.methods.isEmpty(),
        "quantise: activations and methods go with weights; call weights(...)");
    Scheme chosen =
        choices.scheme.orElseThrow(() ->
            new IllegalArgumentException(
                "quantise: no scheme was chosen; call with(Scheme...), or weights(...)"));
    boolean calibrates = chosen instanceof Scheme.PerTensor;
    Check.argument(
        !calibrates || choices.data.isPresent(),
        "quantise %s: activations need a calibrated scale; call calibrate(inputs)",
        chosen.label());
    return new Form.Replacement() {
      @Override
      public boolean calibrates() {
        return calibrates;
      }

      @Override
      public String label() {
        return chosen.label();
      }

      @Override
      public Optional<Module> of(String name, Linear layer, Optional<Tensor> inputs) {
        return choices.kept.contains(name)
            ? Optional.empty()
            : Optional.of(
                QuantLinear.of(layer, chosen, inputs.map(x -> x.abs().amax().item()).orElse(1f)));
      }
    };
  }

  private Form.Replacement byQuantizer() {
    Map<String, LayerBuilder> builders = new LinkedHashMap<>();
    for (String name : form.layers()) {
      Optional<Quantizer> quantizer =
          Optional.ofNullable(choices.assigned.get(name)).or(() -> choices.weights);
      if (quantizer.isPresent() && !choices.kept.contains(name)) {
        builders.put(
            name,
            new LayerBuilder(
                quantizer.get(),
                choices.activations,
                choices.observer,
                choices.methods.stream().flatMap(m -> m.in(name).stream()).toList()));
      }
    }
    for (LayerBuilder builder : builders.values()) {
      Check.argument(
          !builder.calibrates() || choices.data.isPresent(),
          "quantise by %s: needs to see inputs; call calibrate(inputs)",
          builder.label());
    }
    return new Form.Replacement() {
      @Override
      public boolean calibrates() {
        return choices.data.isPresent()
            && builders.values().stream().anyMatch(LayerBuilder::calibrates);
      }

      @Override
      public String label() {
        return choices.weights.map(Quantizer::label).orElse("mixed quantisers");
      }

      @Override
      public Optional<Module> of(String name, Linear layer, Optional<Tensor> inputs) {
        Optional<LayerBuilder> builder = Optional.ofNullable(builders.get(name));
        builder.ifPresent(b -> b.check(name, layer));
        return builder.map(b -> b.build(layer, inputs.map(Tensor::toArray).orElse(new float[0])));
      }
    };
  }
}
