package maia.quant;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import maia.base.Check;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;

/// Any module: its linear layers are found by name, their inputs recorded while it runs.
///
/// @param model the module
record ModelForm(Module model) implements Form<QuantizedModel> {
  @Override
  public SequencedSet<String> layers() {
    return new LinkedHashSet<>(LayerInputs.linears(model).keySet());
  }

  @Override
  public QuantizedModel replaced(Replacement replacement, Optional<Tensor> data) {
    SequencedMap<String, Linear> linears = LayerInputs.linears(model);
    Check.argument(
        !linears.isEmpty(),
        "quantise %s: %s has no linear layers%s",
        replacement.label(),
        model.getClass().getSimpleName(),
        ChainForm.isStored(model) ? "; it is quantised already, quantise the original" : "");
    Optional<LayerInputs> inputs = data.map(x -> LayerInputs.record(model, x));
    SequencedMap<String, Module> stored = new LinkedHashMap<>();
    linears.forEach((name, layer) ->
        replacement
            .of(name, layer, inputs.map(i -> i.of(layer)))
            .ifPresent(module -> stored.put(name, module)));
    return new QuantizedModel(model, linears, stored);
  }
}
