package maia.quant;

import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.LinearRule;
import maia.tensor.nn.Module;

/// A module whose linear layers compute with quantised weights, whatever its structure: the same
/// parts under the same names, quantised layers in the place of their originals.
///
/// The module it was made from is unchanged. Both share the memory of the other parameters until
/// one is moved: `to(Device.maia())` moves this one alone. It always runs as in use: dropout and
/// batch norms behave as after [Module#eval], whatever the mode.
public final class QuantizedModel extends Mirror {
  private final Module model;
  private final SequencedMap<String, Linear> linears;
  private final SequencedMap<String, Module> stored;
  private final Map<Linear, Module> byLayer = new IdentityHashMap<>();

  QuantizedModel(
      Module model, SequencedMap<String, Linear> linears, SequencedMap<String, Module> stored) {
    super(model, "", stored);
    this.model = model;
    this.linears = new LinkedHashMap<>(linears);
    this.stored = new LinkedHashMap<>(stored);
    stored.forEach((name, module) -> byLayer.put(linears.get(name), module));
    eval();
  }

  /// The module it was made from.
  public Module model() {
    return model;
  }

  /// The quantised layers by dotted name: [StoredLinear] or [QuantLinear].
  public SequencedMap<String, Module> layers() {
    return new LinkedHashMap<>(stored);
  }

  /// The linear layers of the original by dotted name, those that were kept included.
  public SequencedMap<String, Linear> originals() {
    return new LinkedHashMap<>(linears);
  }

  @Override
  public Tensor forward(Tensor x) {
    return within(() -> model.forward(x));
  }

  /// Runs `body` with the quantised layers in the place of the original's: for models that are
  /// called in other ways than [#forward]. On the calling thread, until it returns.
  public <T> T within(Supplier<T> body) {
    return InUse.run(
        model, () -> model.runWith(tensors(), () -> LinearRule.within(this::output, body)));
  }

  /// The output of a layer of the original, quantised or kept.
  Tensor output(Linear layer, Tensor x) {
    Module module = byLayer.get(layer);
    return module == null ? layer.forward(x) : module.forward(x);
  }

  /// Bits a weight takes on average over the linear layers, 32 for those that were kept or are
  /// stored by a [Scheme] that says otherwise.
  public double bitsPerWeight() {
    double bits = 0;
    double weights = 0;
    for (Map.Entry<String, Linear> entry : linears.entrySet()) {
      double count = entry.getValue().weight().elements();
      weights += count;
      bits += count * bits(stored.get(entry.getKey()));
    }
    return bits / weights;
  }

  private static double bits(@org.jspecify.annotations.Nullable Module module) {
    return switch (module) {
      case StoredLinear linear -> linear.stored().bitsPerValue();
      case QuantLinear linear -> {
        Tensor weight = linear.weight();
        yield 8.0 * weight.type().bytes(weight.elements()) / weight.elements();
      }
      case null -> 32;
      default -> 32;
    };
  }

  @Override
  protected String label() {
    return "QuantizedModel(%d of %d linear layers of %s, %.4g bits per weight)"
        .formatted(
            stored.size(), linears.size(), model.getClass().getSimpleName(), bitsPerWeight());
  }
}
