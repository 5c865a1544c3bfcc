package maia.quant;

import java.util.Locale;
import java.util.Optional;

/// Time and energy of a quantised linear layer on a device: what mixed precision is searched under
/// besides bits. The runtime implements it with the simulated chip.
@FunctionalInterface
public interface CostOracle {
  /// What a layer takes.
  ///
  /// @param seconds kernel time, launch excluded
  /// @param joules energy
  /// @param dollars price
  record Cost(double seconds, double joules, double dollars) {
    /// Nothing.
    public static final Cost NONE = new Cost(0, 0, 0);

    /// Both together.
    public Cost plus(Cost other) {
      return new Cost(seconds + other.seconds, joules + other.joules, dollars + other.dollars);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%.3f us, %.2f uJ, $%.3g", 1e6 * seconds, 1e6 * joules, dollars);
    }
  }

  /// The cost of `rows` inputs through a layer with `columns` inputs and `outputs` outputs. Throws
  /// [IllegalArgumentException] naming a quantizer that the device does not run.
  Cost linear(
      int rows, int columns, int outputs, Quantizer weights, Optional<Quantizer> activations);
}
