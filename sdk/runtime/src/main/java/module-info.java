import maia.kernel.Launcher;
import maia.runtime.MaiaDevices;
import maia.runtime.SimulatedLauncher;
import maia.tensor.DeviceProvider;

/// The simulated device as a tensor backend, the launcher, and sessions.
module maia.runtime {
  requires transitive maia.base;
  requires transitive maia.machine;
  requires transitive maia.npl;
  requires transitive maia.sim;
  requires transitive maia.kernel;
  requires transitive maia.tensor;
  requires transitive maia.quant;
  requires transitive maia.graph;
  requires transitive maia.cost;
  requires static org.jspecify;

  exports maia.runtime;

  provides DeviceProvider with
      MaiaDevices;
  provides Launcher with
      SimulatedLauncher;
}
