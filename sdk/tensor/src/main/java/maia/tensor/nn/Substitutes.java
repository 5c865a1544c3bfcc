package maia.tensor.nn;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Supplier;
import maia.tensor.Tensor;

/// The tensors that stand for parameters and buffers on this thread.
final class Substitutes {
  private static final ScopedValue<Map<Tensor, Tensor>> IN_FORCE = ScopedValue.newInstance();

  private Substitutes() {}

  /// What stands for `own`: itself where nothing else does.
  static Tensor of(Tensor own) {
    return IN_FORCE.isBound() ? IN_FORCE.get().getOrDefault(own, own) : own;
  }

  /// The result of `body` with the values of `tensors` in the place of their keys, beside those
  /// that are in force already.
  static <T> T within(Map<Tensor, Tensor> tensors, Supplier<T> body) {
    Map<Tensor, Tensor> all = new IdentityHashMap<>(tensors);
    if (IN_FORCE.isBound()) {
      IN_FORCE.get().forEach(all::putIfAbsent);
    }
    return ScopedValue.where(IN_FORCE, all).call(body::get);
  }
}
