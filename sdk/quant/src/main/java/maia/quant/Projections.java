package maia.quant;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.MultiheadAttention;

/// The projections before an attention, which are linear layers that share one parameter of the
/// module: where all of them are quantised, nothing of it is left.
final class Projections {
  static final String WEIGHT = "in_proj_weight";
  static final String BIAS = "in_proj_bias";
  private static final List<String> NAMES = List.of("q_proj", "k_proj", "v_proj");

  private Projections() {}

  /// The projections of a module by name; nothing for modules that have none.
  static SequencedMap<String, Linear> of(Module module) {
    SequencedMap<String, Linear> all = new LinkedHashMap<>();
    if (module instanceof MultiheadAttention attention) {
      for (int i = 0; i < NAMES.size(); i++) {
        all.put(NAMES.get(i), attention.projections().get(i));
      }
    }
    return all;
  }

  /// Whether the projections of `module`, if it has any, are all among `layers`; `prefix` is its
  /// dotted name with a dot behind it.
  static boolean areAll(Module module, String prefix, Set<String> layers) {
    return module instanceof MultiheadAttention
        && NAMES.stream().allMatch(name -> layers.contains(prefix + name));
  }

  /// The parameters that `layers` leave without a use: they are taken out of `tensors`.
  static void removeUnused(Module model, Set<String> layers, Map<String, Tensor> tensors) {
    each(
        model,
        layers,
        prefix -> {
          tensors.remove(prefix + WEIGHT);
          tensors.remove(prefix + BIAS);
        });
  }

  /// Puts those parameters back: what the codes of the layers stand for.
  static void restore(Module model, Map<String, StoredLinear> layers, Map<String, Tensor> tensors) {
    each(
        model,
        layers.keySet(),
        prefix -> {
          List<StoredLinear> parts = NAMES.stream().map(name -> layers.get(prefix + name)).toList();
          tensors.put(
              prefix + WEIGHT,
              Tensor.cat(parts.stream().map(StoredLinear::plainWeights).toList(), 0));
          List<Tensor> biases = parts.stream().flatMap(p -> p.bias().stream()).toList();
          if (!biases.isEmpty()) {
            tensors.put(prefix + BIAS, Tensor.cat(biases, 0));
          }
        });
  }

  private static void each(Module model, Set<String> layers, Consumer<String> action) {
    model
        .namedModules()
        .forEach((name, module) -> {
          String prefix = name.isEmpty() ? "" : name + ".";
          if (areAll(module, prefix, layers)) {
            action.accept(prefix);
          }
        });
  }
}
