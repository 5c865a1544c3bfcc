package maia.tensor.nn;

import java.util.Iterator;
import java.util.List;
import maia.tensor.Tensor;
import maia.tensor.TensorException;

/// Parts named `0`, `1`, and so on, which the module that holds them runs as it likes: `for (Module
/// part : list)`.
public final class ModuleList extends Module implements Iterable<Module> {
  private final List<Module> parts;

  private ModuleList(List<? extends Module> parts) {
    this.parts = List.copyOf(parts);
    for (int i = 0; i < parts.size(); i++) {
      child(Integer.toString(i), parts.get(i));
    }
  }

  /// The list of `parts`.
  public static ModuleList of(List<? extends Module> parts) {
    return new ModuleList(parts);
  }

  /// The parts, first to last.
  public List<Module> parts() {
    return parts;
  }

  /// Part number `index`.
  public Module get(int index) {
    return parts.get(index);
  }

  @Override
  public Iterator<Module> iterator() {
    return parts.iterator();
  }

  @Override
  public Tensor forward(Tensor x) {
    throw TensorException.of(
        "ModuleList: a list has no forward pass; run its parts, or use Sequential");
  }
}
