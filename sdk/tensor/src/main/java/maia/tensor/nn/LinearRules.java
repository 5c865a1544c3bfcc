package maia.tensor.nn;

import java.util.Optional;
import java.util.function.Supplier;
import maia.tensor.Tensor;

/// The rule in force on this thread.
final class LinearRules {
  private static final ScopedValue<Optional<LinearRule>> RULE = ScopedValue.newInstance();

  private LinearRules() {}

  static <T> T within(LinearRule rule, Supplier<T> body) {
    return ScopedValue.where(RULE, Optional.of(rule)).call(body::get);
  }

  /// Whether there is one.
  static boolean isInForce() {
    return RULE.orElse(Optional.empty()).isPresent();
  }

  /// The output of `layer`: by the rule in force, or `own`.
  static Tensor output(Linear layer, Tensor x, Supplier<Tensor> own) {
    Optional<LinearRule> rule = RULE.orElse(Optional.empty());
    return rule.isEmpty()
        ? own.get()
        : ScopedValue.where(RULE, Optional.empty()).call(() -> rule.get().output(layer, x));
  }
}
