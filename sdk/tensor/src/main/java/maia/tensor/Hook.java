package maia.tensor;

import java.util.List;
import java.util.function.UnaryOperator;

/// A function that [Tensor#hook] runs on the gradient of a tensor, until it is removed.
public final class Hook {
  private final List<UnaryOperator<Tensor>> hooks;
  private final UnaryOperator<Tensor> function;
  private boolean isOver;

  Hook(List<UnaryOperator<Tensor>> hooks, UnaryOperator<Tensor> function) {
    this.hooks = hooks;
    this.function = function;
    hooks.add(function);
  }

  /// Ends it; nothing happens when it has ended before.
  public void remove() {
    if (!isOver) {
      isOver = true;
      hooks.remove(function);
    }
  }
}
