package maia.quant;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.tensor.nn.Module;

/// A tree of the parts of another module under their names, with quantised layers in the place of
/// their originals. It holds the tensors of the rest: the same ones, until the tree is moved or
/// converted, which leaves the other module alone.
abstract class Mirror extends Module {
  /// @param of the part
  /// @param prefix its dotted name with a dot behind it, nothing for the whole
  /// @param stored the quantised layers by dotted name
  Mirror(Module of, String prefix, Map<String, Module> stored) {
    Module whole = prefix.isEmpty() ? stored.get(LayerInputs.ALONE) : null;
    if (whole != null && LayerInputs.product(of).isPresent()) {
      child(LayerInputs.ALONE, whole);
      return;
    }
    Set<String> unused = Projections.unused(of, prefix, stored.keySet());
    of.ownParameters()
        .forEach((name, p) -> {
          if (!unused.contains(name)) {
            sharedParameter(name, p);
          }
        });
    Projections.of(of)
        .keySet()
        .forEach(name -> {
          Module layer = stored.get(prefix + name);
          if (layer != null) {
            child(name, layer);
          }
        });
    SequencedMap<String, Tensor> saved = of.stateDict();
    ownBuffers(of)
        .forEach((name, buffer) -> {
          if (saved.containsKey(name)) {
            buffer(name, buffer);
          } else {
            unsavedBuffer(name, buffer);
          }
        });
    of.children()
        .forEach((name, part) -> {
          Module layer = stored.get(prefix + name);
          child(name, layer == null ? new Part(part, prefix + name + ".", stored) : layer);
        });
  }

  /// The tensors that the rest of the model runs with, by dotted name.
  final Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    collect("", all);
    return all;
  }

  private void collect(String prefix, Map<String, Tensor> all) {
    ownParameters().forEach((name, p) -> all.put(prefix + name, p));
    ownBuffers(this).forEach((name, b) -> all.put(prefix + name, b));
    children()
        .forEach((name, part) -> {
          if (part instanceof Mirror mirror) {
            mirror.collect(prefix + name + ".", all);
          }
        });
  }

  /// The label of a module.
  static String label(Module of) {
    String text = of.toString().lines().findFirst().orElse("");
    return text.endsWith("(") ? text.substring(0, text.length() - 1) : text;
  }

  private static SequencedMap<String, Tensor> ownBuffers(Module of) {
    SequencedMap<String, Tensor> own = new LinkedHashMap<>(of.namedBuffers());
    own.keySet().removeIf(name -> name.contains("."));
    return own;
  }

  /// A part that is not quantised, though parts of it may be.
  private static final class Part extends Mirror {
    private final String label;

    Part(Module of, String prefix, Map<String, Module> stored) {
      super(of, prefix, stored);
      label = label(of);
    }

    @Override
    public Tensor forward(Tensor x) {
      throw TensorException.of(
          "%s: a part of a quantised model runs with the whole of it; call the model", label);
    }

    @Override
    protected String label() {
      return label;
    }
  }
}
