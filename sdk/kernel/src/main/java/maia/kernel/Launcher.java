package maia.kernel;

import maia.machine.Chip;
import maia.machine.Machine;

/// Runs kernel calls. The provider is found through [java.util.ServiceLoader].
@FunctionalInterface
public interface Launcher {
  /// Compiles and runs `call`; results are in its arrays when this returns.
  Run launch(KernelCall call);

  /// The chip that calls run on.
  default Machine machine() {
    return Chip.MAIA_200;
  }

  /// What simulated times depend on besides kernel, arguments and [#machine], as text.
  default String timingBasis() {
    return getClass().getName();
  }
}
