package maia.quant;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import maia.base.Check;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.io.FileFormatException;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import org.jspecify.annotations.Nullable;

/// Quantised models as safetensors files.
///
/// A quantised layer `n` is stored as `n.codes` (floating-point formats as their own type, four-bit
/// integers and tables two to a byte, low nibble first, others as bytes), `n.scales` (E8M0, E4M3,
/// F16 or F32; doubled ones in their few bits, with `n.scale_scales` and `n.scale_offset`), where
/// it has them `n.zeros`, `n.zero_points`, `n.tensor_scale`, `n.factors` of smoothing, `n.bias`,
/// and `n.input_scales`; every other parameter under its own name. The header's free text
/// `quant.layer.n` names grid, group, scale type and rule, rounding, rotation and method.
///
/// Writing what was read gives the same bytes, and the loaded model computes the same bits.
public final class QuantCheckpoint {
  static final String VERSION = "quant.version";
  static final String LAYER = "quant.layer.";
  static final String CURRENT = "1";

  private QuantCheckpoint() {}

  /// Writes a model so that `file` is either the old one or the complete new one. Layers made by a
  /// [Scheme] are refused: they are fast to make anew.
  public static void write(Path file, QuantizedModel model) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    SortedMap<String, String> config = new TreeMap<>();
    config.put(VERSION, CURRENT);
    model.model().stateDict().forEach(tensors::put);
    model.stateDict().forEach((name, tensor) -> tensors.put(name, tensor.to(Device.cpu())));
    model
        .layers()
        .forEach((name, layer) -> {
          Check.argument(
              layer instanceof StoredLinear,
              "quantised checkpoint: layer '%s' is made by a scheme, which is not stored; store the original and apply the scheme after loading",
              name);
          tensors.remove(prefix(model.model(), name) + "weight");
          tensors.remove(prefix(model.model(), name) + "bias");
          StoredLinear stored = (StoredLinear) layer;
          LayerFile.put(name, stored, tensors);
          config.put(LAYER + name, LayerFile.config(stored));
        });
    Projections.removeUnused(model.model(), model.layers().keySet(), tensors);
    Safetensors.write(file, tensors, config);
  }

  /// The quantised form of `model`. Schemes, types, sizes and places are checked from the header
  /// before values are read, values before they are used. The model has the structure of the one
  /// that was written. Its other parameters are overwritten with the file's; the fp32 weights of
  /// quantised layers become what the codes stand for, without smoothing and rotation.
  public static QuantizedModel read(Path file, Module model) {
    SortedMap<String, String> config = Safetensors.metadata(file);
    String version = Optional.ofNullable(config.get(VERSION)).orElse("none");
    FileFormatException.check(
        config.containsKey(VERSION),
        "quantised checkpoint: the file holds no quantised model, its header has no '%s'; read plain weights with Safetensors.read",
        VERSION);
    FileFormatException.check(
        version.equals(CURRENT),
        "quantised checkpoint: version %s is not read, version %s is",
        version,
        CURRENT);
    // the header alone, before memory is taken for values
    plans(config, Safetensors.map(file), model);
    SequencedMap<String, Tensor> tensors = Safetensors.read(file);
    SequencedMap<String, LayerPlan> plans = plans(config, tensors, model);
    Map<String, Tensor> own = model.stateDict();
    Map<String, Tensor> state = new LinkedHashMap<>(tensors);
    SequencedMap<String, StoredLinear> layers = new LinkedHashMap<>();
    plans.forEach((name, plan) -> {
      StoredLinear stored = LayerFile.read(plan, state);
      String prefix = prefix(model, name);
      @Nullable Tensor weight = own.get(prefix + "weight");
      if (weight != null) { // parts of modules have none of their own
        state.put(prefix + "weight", LayerInputs.parameter(model, name, stored.plainWeights()));
        stored.bias().ifPresent(b -> state.put(prefix + "bias", b));
      }
      layers.put(name, stored);
    });
    Projections.restore(model, layers, state);
    model.loadStateDict(state);
    return new QuantizedModel(model, LayerInputs.linears(model), new LinkedHashMap<>(layers));
  }

  /// What parameters of a layer are called: a layer that is the whole model has no name of its own.
  private static String prefix(Module model, String name) {
    return LayerInputs.product(model).isPresent() ? "" : name + ".";
  }

  /// What the header says about the quantised layers, in the order of the model, after every tensor
  /// of the file has found its place by name, type and size.
  private static SequencedMap<String, LayerPlan> plans(
      SortedMap<String, String> config, Map<String, Tensor> file, Module model) {
    SequencedMap<String, Linear> linears = LayerInputs.linears(model);
    for (String key : config.keySet()) {
      FileFormatException.check(
          !key.startsWith(LAYER) || linears.containsKey(key.substring(LAYER.length())),
          "quantised checkpoint: the model has no linear layer '%s'; it has %s",
          key.substring(Math.min(key.length(), LAYER.length())),
          linears.keySet());
    }
    SequencedMap<String, LayerPlan> plans = new LinkedHashMap<>();
    linears.forEach((name, linear) ->
        Optional.ofNullable(config.get(LAYER + name))
            .ifPresent(text -> plans.put(name, LayerPlan.of(name, text, linear, file))));
    checkOthers(plans, file, model);
    return plans;
  }

  private static void checkOthers(
      Map<String, LayerPlan> plans, Map<String, Tensor> file, Module model) {
    Map<String, Tensor> others = new LinkedHashMap<>(model.stateDict());
    Set<String> left = new TreeSet<>(file.keySet());
    plans.forEach((name, plan) -> {
      left.removeAll(plan.tensors().keySet());
      others.remove(prefix(model, name) + "weight");
      others.remove(prefix(model, name) + "bias");
    });
    Projections.removeUnused(model, plans.keySet(), others);
    others.forEach((name, own) -> {
      FileFormatException.check(left.remove(name), "quantised checkpoint: no tensor '%s'", name);
      long[] shape = Check.present(file.get(name), "QuantCheckpoint", name).shape();
      FileFormatException.check(
          Arrays.equals(shape, own.shape()),
          "quantised checkpoint: '%s' is %s in the file and %s in the model",
          name,
          Arrays.toString(shape),
          Arrays.toString(own.shape()));
    });
    FileFormatException.check(
        left.isEmpty(),
        "quantised checkpoint: neither the model nor its quantised layers have %s",
        left);
  }
}
