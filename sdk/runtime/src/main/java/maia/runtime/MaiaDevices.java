package maia.runtime;

import maia.base.Check;
import maia.machine.Chip;
import maia.tensor.Backend;
import maia.tensor.DeviceProvider;

/// Provides the devices of kind `maia`: simulated Maia 200 chips at their headline clock.
public final class MaiaDevices implements DeviceProvider {
  /// How many chips stand in a tray; devices do not share memory and no network connects them here.
  private static final int CHIPS = 4;

  /// Made by [java.util.ServiceLoader].
  public MaiaDevices() {}

  @Override
  public String kind() {
    return "maia";
  }

  @Override
  public Backend backend(int index) {
    Check.argument(
        index < CHIPS, "device 'maia:%d': a tray holds %d chips, counted from 0", index, CHIPS);
    return new MaiaBackend(index, Chip.MAIA_200);
  }
}
