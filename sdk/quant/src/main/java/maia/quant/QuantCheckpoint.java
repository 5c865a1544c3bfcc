package maia.quant;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import maia.base.Check;
import maia.tensor.Tensor;
import maia.tensor.io.FileFormatException;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;

/// Quantised models as safetensors files.
///
/// A quantised layer `n` is stored as `n.codes` (floating-point formats as their own type, four-bit
/// integers and tables two to a byte, low nibble first, others as bytes), `n.scales` (E8M0, E4M3,
/// F16 or F32), where it has them `n.zeros`, `n.zero_points`, `n.tensor_scale`, `n.factors` of
/// smoothing, `n.bias`, and `n.input_scales`; every other parameter under its own name. The
/// header's free text `quant.layer.n` names grid, group, scale type and rule, rounding, rotation
/// and method.
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
    model
        .layers()
        .forEach((name, layer) -> {
          Check.argument(
              layer instanceof StoredLinear,
              "quantised checkpoint: layer '%s' is made by a scheme, which is not stored; store the original and apply the scheme after loading",
              name);
          tensors.remove(name + ".weight");
          tensors.remove(name + ".bias");
          StoredLinear stored = (StoredLinear) layer;
          LayerFile.put(name, stored, tensors);
          config.put(LAYER + name, LayerFile.config(stored));
        });
    Safetensors.write(file, tensors, config);
  }

  /// The quantised form of `model`, which has the structure of the one that was written. Its other
  /// parameters are overwritten with the file's; the fp32 weights of quantised layers become what
  /// the codes stand for, without smoothing and rotation.
  public static QuantizedModel read(Path file, Module model) {
    SortedMap<String, String> config = Safetensors.metadata(file);
    String version = Optional.ofNullable(config.get(VERSION)).orElse("none");
    FileFormatException.check(
        version.equals(CURRENT),
        "quantised checkpoint: version %s is not read, version %s is",
        version,
        CURRENT);
    SequencedMap<String, Tensor> tensors = Safetensors.read(file);
    SequencedMap<String, Linear> linears = LayerInputs.linears(model);
    SequencedMap<String, Module> layers = new LinkedHashMap<>();
    Map<String, Tensor> own = model.stateDict();
    Map<String, Tensor> state = new LinkedHashMap<>(tensors);
    for (Map.Entry<String, String> entry : config.entrySet()) {
      if (!entry.getKey().startsWith(LAYER)) {
        continue;
      }
      String name = entry.getKey().substring(LAYER.length());
      Linear linear = linears.get(name);
      FileFormatException.check(
          linear != null,
          "quantised checkpoint: the model has no linear layer '%s'; it has %s",
          name,
          linears.keySet());
      StoredLinear stored =
          LayerFile.read(
              name, entry.getValue(), Check.present(linear, "QuantCheckpoint", name), state);
      long[] shape =
          Check.present(own.get(name + ".weight"), "QuantCheckpoint", name + ".weight").shape();
      state.put(name + ".weight", stored.plainWeights().reshape(shape));
      stored.bias().ifPresent(b -> state.put(name + ".bias", b));
      layers.put(name, stored);
    }
    SequencedMap<String, Module> ordered = new LinkedHashMap<>();
    linears.keySet().stream()
        .filter(layers::containsKey)
        .forEach(
            name -> ordered.put(name, Check.present(layers.get(name), "QuantCheckpoint", name)));
    model.loadStateDict(state);
    return new QuantizedModel(model, linears, ordered);
  }
}
