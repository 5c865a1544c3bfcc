package maia.tensor.nn;

import java.util.SequencedMap;
import maia.base.Check;
import maia.tensor.Tensor;
import maia.tensor.TensorException;

/// Parts by name, which the module that holds them runs as it likes.
public final class ModuleDict extends Module {
  private ModuleDict(SequencedMap<String, ? extends Module> parts) {
    parts.forEach(this::child);
  }

  /// The parts under their names.
  public static ModuleDict of(SequencedMap<String, ? extends Module> parts) {
    return new ModuleDict(parts);
  }

  /// The part called `name`.
  public Module get(String name) {
    Module part = children().get(name);
    Check.argument(
        part != null, "ModuleDict: there is no part '%s', only %s", name, children().keySet());
    return Check.present(part, "ModuleDict", name);
  }

  @Override
  public Tensor forward(Tensor x) {
    throw TensorException.of("ModuleDict: a dictionary has no forward pass; run its parts");
  }
}
