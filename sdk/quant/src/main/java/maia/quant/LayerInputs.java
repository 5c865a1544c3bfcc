package maia.quant;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import maia.base.Check;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.LinearRule;
import maia.tensor.nn.Module;
import maia.tensor.nn.Windowed;

/// The inputs that reach the linear layers of a model.
final class LayerInputs {
  /// The name of a layer that is the whole model.
  static final String ALONE = "linear";

  private final Map<Linear, List<Tensor>> seen = new IdentityHashMap<>();

  private LayerInputs() {}

  /// The linear layers of `model` by dotted name; among them convolutions, as the products of their
  /// windows, and the products within attention modules and recurrent layers.
  static SequencedMap<String, Linear> linears(Module model) {
    SequencedMap<String, Linear> all = new LinkedHashMap<>();
    collect("", model, all);
    return all;
  }

  private static void collect(String prefix, Module module, SequencedMap<String, Linear> all) {
    product(module)
        .ifPresent(linear ->
            all.put(prefix.isEmpty() ? ALONE : prefix.substring(0, prefix.length() - 1), linear));
    Projections.of(module).forEach((name, linear) -> all.put(prefix + name, linear));
    module.children().forEach((name, part) -> collect(prefix + name + ".", part, all));
  }

  /// The linear layer that a module is, where it is one.
  static Optional<Linear> product(Module module) {
    return switch (module) {
      case Linear linear -> Optional.of(linear);
      case Windowed convolution -> Optional.of(convolution.product());
      default -> Optional.empty();
    };
  }

  /// Part `name` of `model` where it is a convolution.
  private static Optional<Windowed> convolution(Module model, String name) {
    Module part = product(model).isPresent() ? model : model.namedModules().get(name);
    return part instanceof Windowed windowed ? Optional.of(windowed) : Optional.empty();
  }

  /// The parameter of layer `name` for a matrix of weights.
  static Tensor parameter(Module model, String name, Tensor matrix) {
    return convolution(model, name).map(c -> c.fromMatrix(matrix)).orElse(matrix);
  }

  /// The gradient of a layer's matrix after a backward pass; empty where none came back.
  static Optional<Tensor> gradient(Module model, String name, Linear layer) {
    String own = product(model).isPresent() ? "weight" : name + ".weight";
    Tensor parameter = model.namedParameters().get(own);
    if (parameter == null) {
      return Projections.gradient(model, name, layer);
    }
    if (!parameter.hasGrad()) {
      return Optional.empty();
    }
    Tensor g = parameter.grad();
    return Optional.of(convolution(model, name).map(c -> c.asMatrix(g)).orElse(g));
  }

  /// Runs `model` as in use on `data` and keeps what its linear layers read.
  static LayerInputs record(Module model, Tensor data) {
    LayerInputs inputs = new LayerInputs();
    Tensor.noGrad(() ->
        LinearRule.within(
            (layer, x) -> {
              inputs.seen.computeIfAbsent(layer, _ -> new ArrayList<>()).add(x);
              return layer.forward(x);
            },
            () -> InUse.run(model, () -> model.forward(data))));
    return inputs;
  }

  /// The rows that reached `layer`, `[rows, columns]`.
  Tensor of(Linear layer) {
    List<Tensor> parts = seen.getOrDefault(layer, List.of());
    Check.argument(
        !parts.isEmpty(),
        "calibrate: no input reached %s; calibrate on data that run through every layer, or keep it",
        layer);
    List<Tensor> rows = parts.stream().map(x -> x.reshape(-1, x.size(-1))).toList();
    return finite(layer, rows.size() == 1 ? rows.getFirst() : Tensor.cat(rows, 0));
  }

  /// `x`, which reaches `layer`, if ranges can be found in it.
  static Tensor finite(Linear layer, Tensor x) {
    Check.argument(
        !x.dtype().isFloat() || x.isFinite().all().item() != 0,
        "calibrate: what reaches %s must be finite, but holds NaN or infinity; look at the data, and at the layers before",
        layer);
    return x;
  }
}
