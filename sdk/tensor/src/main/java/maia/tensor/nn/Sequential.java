package maia.tensor.nn;

import java.util.List;
import maia.tensor.Tensor;

/// Parts applied one after another; they are named `0`, `1`, and so on.
public final class Sequential extends Module {
  private final List<Module> parts;

  /// The chain of `parts`.
  public Sequential(Module... parts) {
    this.parts = List.of(parts);
    for (int i = 0; i < parts.length; i++) {
      child(Integer.toString(i), parts[i]);
    }
  }

  /// The chain of `parts`, as the constructor makes it.
  public static Sequential of(Module... parts) {
    return new Sequential(parts);
  }

  /// The parts, first to last.
  public List<Module> parts() {
    return parts;
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor at = x;
    for (Module part : parts) {
      at = part.call(at);
    }
    return at;
  }
}
