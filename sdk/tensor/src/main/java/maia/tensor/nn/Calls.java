package maia.tensor.nn;

import java.util.Optional;
import java.util.function.Supplier;
import maia.tensor.Tensor;

/// Who watches the calls of modules on this thread.
final class Calls {
  private static final ScopedValue<Optional<Observer>> OBSERVER = ScopedValue.newInstance();

  private Calls() {}

  /// Sees every call of a module, those inside another one too.
  interface Observer {
    /// Runs `body`, the call of `module`, and returns its output.
    Tensor around(Module module, Supplier<Tensor> body);
  }

  static Tensor watched(Observer observer, Supplier<Tensor> body) {
    return ScopedValue.where(OBSERVER, Optional.of(observer)).call(body::get);
  }

  static Tensor observe(Module module, Supplier<Tensor> body) {
    Optional<Observer> observer = OBSERVER.orElse(Optional.empty());
    return observer.isEmpty() ? body.get() : observer.get().around(module, body);
  }
}
