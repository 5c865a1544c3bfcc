package maia.quant;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import maia.base.Check;
import maia.tensor.Tensor;
import maia.tensor.nn.Dropout;
import maia.tensor.nn.Dropout2d;
import maia.tensor.nn.Linear;
import maia.tensor.nn.LinearRule;
import maia.tensor.nn.Module;
import maia.tensor.nn.Recurrent;
import maia.tensor.nn.Sequential;
import maia.tensor.nn.Windowed;

/// A chain of modules, rebuilt with other parts, so that the result is a chain again. What is not
/// quantised becomes a [KeptPart].
///
/// @param chain the chain
record ChainForm(Sequential chain) implements Form<Sequential> {
  @Override
  public SequencedSet<String> layers() {
    SequencedSet<String> names = new LinkedHashSet<>();
    collect("", chain, names);
    return names;
  }

  private static void collect(String prefix, Sequential chain, SequencedSet<String> names) {
    for (int i = 0; i < chain.parts().size(); i++) {
      Module part = chain.parts().get(i);
      if (LayerInputs.product(part).isPresent()) {
        names.add(prefix + i);
      } else if (part instanceof Recurrent) {
        names.addAll(products(prefix + i, part).keySet());
      } else if (part instanceof Sequential inner) {
        collect(prefix + i + ".", inner, names);
      }
    }
  }

  @Override
  public Sequential replaced(Replacement replacement, Optional<Tensor> data) {
    Check.argument(
        !layers().isEmpty() || holdsLinear(chain),
        "quantise %s: the chain has no linear layers%s",
        replacement.label(),
        isStored(chain) ? "; it is quantised already, quantise the original" : "");
    return InUse.run(chain, () -> replaced("", chain, replacement, data));
  }

  private static Sequential replaced(
      String prefix, Sequential chain, Replacement replacement, Optional<Tensor> inputs) {
    List<Module> parts = new ArrayList<>();
    Optional<Tensor> at = inputs;
    for (int i = 0; i < chain.parts().size(); i++) {
      Module part = chain.parts().get(i);
      parts.add(replaced(prefix + i, part, replacement, at));
      // convolutions as the products that are replaced, as where a model is recorded
      at = at.map(x -> LinearRule.within(Linear::forward, () -> part.forward(x)));
    }
    return Sequential.of(parts.toArray(Module[]::new));
  }

  private static Module replaced(
      String name, Module part, Replacement replacement, Optional<Tensor> inputs) {
    return switch (part) {
      case Linear linear ->
          replacement
              .of(name, linear, inputs.map(x -> LayerInputs.finite(linear, x)))
              .orElseGet(() -> new KeptPart(linear));
      case Windowed conv -> {
        Linear product = conv.product();
        Optional<Tensor> windows =
            inputs
                .map(conv::windows)
                .map(w -> LayerInputs.finite(product, w.reshape(-1, w.size(-1))));
        Optional<Module> stored = replacement.of(name, product, windows);
        yield stored.isPresent() ? new StoredConv(conv, stored.get()) : new KeptPart(part);
      }
      case Recurrent recurrent -> recurrent(name, recurrent, replacement, inputs);
      case Sequential chain -> replaced(name + ".", chain, replacement, inputs);
      default -> {
        Check.argument(
            !holdsLinear(part),
            "quantise %s: linear layers inside %s cannot be replaced in a chain; pass the chain as a Module",
            replacement.label(),
            part.getClass().getSimpleName());
        yield isShared(part) ? part : new KeptPart(part);
      }
    };
  }

  /// The linear layers of part `name` by their names in the chain.
  private static SequencedMap<String, Linear> products(String name, Module part) {
    SequencedMap<String, Linear> all = new LinkedHashMap<>();
    LayerInputs.linears(part).forEach((own, layer) -> all.put(name + "." + own, layer));
    return all;
  }

  /// A recurrent layer as a model of its own; kept where none of its products is replaced.
  private static Module recurrent(
      String name, Recurrent part, Replacement replacement, Optional<Tensor> inputs) {
    Optional<LayerInputs> seen = inputs.map(x -> LayerInputs.record(part, x));
    SequencedMap<String, Module> stored = new LinkedHashMap<>();
    products(name, part)
        .forEach((full, layer) ->
            replacement
                .of(full, layer, seen.map(s -> s.of(layer)))
                .ifPresent(module -> stored.put(full.substring(name.length() + 1), module)));
    return stored.isEmpty()
        ? new KeptPart(part)
        : new QuantizedModel(part, LayerInputs.linears(part), stored);
  }

  /// Whether two chains may have a part in common: it holds nothing, and computes the same in every
  /// mode.
  private static boolean isShared(Module part) {
    return part.children().isEmpty()
        && part.namedParameters().isEmpty()
        && part.namedBuffers().isEmpty()
        && !(part instanceof Dropout || part instanceof Dropout2d);
  }

  /// Whether there are quantised layers in a module.
  static boolean isStored(Module part) {
    return part instanceof StoredLinear
        || part instanceof QuantLinear
        || part instanceof QuantizedModel
        || part.children().values().stream().anyMatch(ChainForm::isStored);
  }

  private static boolean holdsLinear(Module part) {
    return LayerInputs.product(part).isPresent()
        || part.children().values().stream().anyMatch(ChainForm::holdsLinear);
  }
}
