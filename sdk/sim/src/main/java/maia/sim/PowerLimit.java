package maia.sim;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import maia.machine.Machine;

/// Compares power over time with what the chip may draw.
final class PowerLimit {
  private PowerLimit() {}

  /// A line about the intervals above the thermal design power, if there are any.
  static Optional<String> of(Machine machine, List<PowerSample> power) {
    double limit = machine.energy().thermalDesignWatts();
    List<PowerSample> above = power.stream().filter(p -> p.watts() > limit).toList();
    if (above.isEmpty()) {
      return Optional.empty();
    }
    long time = 0;
    double most = 0;
    for (PowerSample p : above) {
      time += p.endPicoseconds() - p.startPicoseconds();
      most = Math.max(most, p.watts());
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "power is above the %.0f W of the chip's design for %.3f us, at most %.0f W: the chip"
                + " would lower its clock, which is not modelled",
            limit,
            time * 1e-6,
            most));
  }
}
