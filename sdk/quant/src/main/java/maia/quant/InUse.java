package maia.quant;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import maia.tensor.nn.Module;

/// Runs models as they are used: dropout drops nothing and batch norms read their running averages,
/// so that looking at a model never changes it.
final class InUse {
  private InUse() {}

  /// The result of `body`, with every part of `model` as after [Module#eval]; afterwards every part
  /// has the mode it had.
  static <T> T run(Module model, Supplier<T> body) {
    Map<Module, Boolean> modes = new LinkedHashMap<>();
    model.modules().forEach(part -> modes.put(part, part.isTraining()));
    if (!modes.containsValue(true)) {
      return body.get();
    }
    model.eval();
    try {
      return body.get();
    } finally {
      // parts come after what holds them, so the last word on a part is its own
      modes.forEach((part, isTraining) -> {
        if (isTraining) {
          part.train();
        } else {
          part.eval();
        }
      });
    }
  }
}
