package maia.runtime;

import java.util.List;
import maia.machine.Machine;
import maia.runtime.ops.DeviceOps;
import maia.sim.Options;
import maia.tensor.Backend;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.Tensor;

/// Runs every operation at once as kernels on the simulated chip.
final class MaiaBackend implements Backend {
  private final Device device;
  private final Machine machine;

  MaiaBackend(int index, Machine machine) {
    this.device = new Device("maia", index);
    this.machine = machine;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public boolean supports(Op op) {
    return Steps.supports(op);
  }

  @Override
  public Tensor execute(Op op, List<Tensor> inputs) {
    return Profile.during(op.name(), () -> steps().single(op, inputs));
  }

  @Override
  public void write(Tensor to, Tensor values) {
    Profile.during(
        "write",
        () -> {
          DeviceOps.write(steps(), to, values);
          return to;
        });
  }

  private Steps steps() {
    var launcher = new SimulatedLauncher(machine, Options.defaults());
    return Steps.eager(launcher, device, Profile::record);
  }
}
