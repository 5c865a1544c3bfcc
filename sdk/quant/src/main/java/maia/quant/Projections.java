package maia.quant;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiConsumer;
import maia.base.Check;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.MultiheadAttention;
import maia.tensor.nn.Recurrent;

/// Linear layers that are parts of a module and no modules themselves: the projections before an
/// attention, which share one parameter of it, and the products of recurrent layers, which have one
/// each. What is quantised leaves those parameters without a use.
final class Projections {
  static final String WEIGHT = "in_proj_weight";
  static final String BIAS = "in_proj_bias";
  private static final List<String> NAMES = List.of("q_proj", "k_proj", "v_proj");

  private Projections() {}

  /// The linear layers that are parts of a module by name; nothing for modules that have none.
  static SequencedMap<String, Linear> of(Module module) {
    SequencedMap<String, Linear> all = new LinkedHashMap<>();
    switch (module) {
      case MultiheadAttention attention -> {
        for (int i = 0; i < NAMES.size(); i++) {
          all.put(NAMES.get(i), attention.projections().get(i));
        }
      }
      case Recurrent recurrent -> all.putAll(recurrent.products());
      default -> {}
    }
    return all;
  }

  /// The parameters of `module` that `layers` leave without a use; `prefix` is its dotted name with
  /// a dot behind it. Shared ones have none when all projections are among the layers.
  static Set<String> unused(Module module, String prefix, Set<String> layers) {
    Set<String> all = new LinkedHashSet<>();
    if (module instanceof Recurrent recurrent) {
      for (String name : recurrent.products().keySet()) {
        if (layers.contains(prefix + name)) {
          all.add("weight_" + name);
          all.add("bias_" + name);
        }
      }
    }
    if (module instanceof MultiheadAttention
        && NAMES.stream().allMatch(name -> layers.contains(prefix + name))) {
      all.add(WEIGHT);
      all.add(BIAS);
    }
    return all;
  }

  /// The gradient of the weights of a layer that is a part of a module; empty where none came back.
  static Optional<Tensor> gradient(Module model, String name, Linear layer) {
    int dot = name.lastIndexOf('.');
    Module owner = model.namedModules().get(dot < 0 ? "" : name.substring(0, dot));
    Tensor weight =
        owner instanceof MultiheadAttention
            ? Check.present(owner.ownParameters().get(WEIGHT), "Projections", name)
            : layer.weight();
    if (!weight.hasGrad()) {
      return Optional.empty();
    }
    long rows = layer.weight().size(0);
    return Optional.of(
        owner instanceof MultiheadAttention
            ? weight.grad().narrow(0, NAMES.indexOf(name.substring(dot + 1)) * rows, rows)
            : weight.grad());
  }

  /// Takes the parameters that `layers` leave without a use out of `tensors`.
  static void removeUnused(Module model, Set<String> layers, Map<String, Tensor> tensors) {
    each(
        model,
        (prefix, module) ->
            unused(module, prefix, layers).forEach(name -> tensors.remove(prefix + name)));
  }

  /// Puts those parameters back: what the codes of the layers stand for.
  static void restore(Module model, Map<String, StoredLinear> layers, Map<String, Tensor> tensors) {
    each(
        model,
        (prefix, module) -> {
          boolean isPacked = unused(module, prefix, layers.keySet()).contains(WEIGHT);
          if (isPacked) {
            put(prefix + WEIGHT, prefix + BIAS, parts(prefix, NAMES, layers), tensors);
          }
          if (module instanceof Recurrent recurrent) {
            for (String name : recurrent.products().keySet()) {
              put(
                  prefix + "weight_" + name,
                  prefix + "bias_" + name,
                  parts(prefix, List.of(name), layers),
                  tensors);
            }
          }
        });
  }

  /// Those of the layers that are quantised.
  private static List<StoredLinear> parts(
      String prefix, List<String> names, Map<String, StoredLinear> layers) {
    return names.stream()
        .map(name -> Optional.ofNullable(layers.get(prefix + name)))
        .flatMap(Optional::stream)
        .toList();
  }

  private static void put(
      String weight, String bias, List<StoredLinear> parts, Map<String, Tensor> tensors) {
    if (parts.isEmpty()) {
      return;
    }
    tensors.put(weight, Tensor.cat(parts.stream().map(StoredLinear::plainWeights).toList(), 0));
    List<Tensor> biases = parts.stream().flatMap(p -> p.bias().stream()).toList();
    if (!biases.isEmpty()) {
      tensors.put(bias, Tensor.cat(biases, 0));
    }
  }

  private static void each(Module model, BiConsumer<String, Module> action) {
    model
        .namedModules()
        .forEach((name, module) -> action.accept(name.isEmpty() ? "" : name + ".", module));
  }
}
