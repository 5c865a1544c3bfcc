package maia.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import maia.graph.Step;
import maia.graph.Value;
import maia.kernel.KernelCall;
import maia.kernel.KernelLaunch;
import maia.machine.Machine;
import maia.numerics.HostArray;
import maia.runtime.ops.DeviceOps;
import maia.runtime.ops.Launching;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.Tensor;
import maia.tensor.TensorException;

/// Runs steps and single operations as kernels of the library; results are tensors on `device`.
final class Steps implements Launching {
  private final SimulatedLauncher launcher;
  private final Device device;
  private final Consumer<KernelRun> observer;
  private final String refusal;

  private Steps(
      SimulatedLauncher launcher, Device device, Consumer<KernelRun> observer, String refusal) {
    this.launcher = launcher;
    this.device = device;
    this.observer = observer;
    this.refusal = refusal;
  }

  /// Steps of eager operations on `device`.
  static Steps eager(SimulatedLauncher launcher, Device device, Consumer<KernelRun> observer) {
    String refusal =
        "%1$s cannot run '%%s': %%s; run it on the host explicitly: x.to(Device.cpu()), the operation,"
            + " then to(%1$s)";
    return new Steps(launcher, device, observer, refusal.formatted(device));
  }

  /// Steps of a session, whose values lie on the host between the kernels.
  static Steps session(SimulatedLauncher launcher, Consumer<KernelRun> observer) {
    String refusal =
        "a session on %s cannot run '%%s': %%s; run this operation on the host, before or after the"
            + " session";
    return new Steps(
        launcher, Device.cpu(), observer, refusal.formatted(launcher.machine().name()));
  }

  /// Whether kernels of the library compute `op`.
  static boolean supports(Op op) {
    return DeviceOps.supports(op);
  }

  /// The result of one operation.
  Tensor single(Op op, List<Tensor> inputs) {
    return DeviceOps.run(this, op, inputs);
  }

  @Override
  public Machine machine() {
    return launcher.machine();
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public void launch(KernelLaunch launch, KernelCall.Mode mode, Object... arguments) {
    observer.accept(launcher.launch(launch.call(mode, arguments)));
  }

  @Override
  public TensorException refusal(Op op, String why) {
    return TensorException.of(refusal, op.name(), why);
  }

  /// The results of a fused step.
  List<Tensor> fused(Step.Fused step, List<Tensor> inputs) {
    FusedLayout layout = FusedLayout.of(step, inputs);
    boolean meta = inputs.stream().anyMatch(Tensor::isMeta);
    List<Object> arguments = new ArrayList<>();
    layout.inputs().forEach(operand -> arguments.add(operand.array()));
    List<HostArray> results = new ArrayList<>();
    for (Value value : step.outputs()) {
      long[] shape = step.isOfRows(value) ? layout.lead() : layout.all();
      results.add(
          meta ? HostArray.meta(value.type(), shape) : HostArray.zeros(value.type(), shape));
    }
    arguments.addAll(results);
    KernelCall.Mode mode = meta ? KernelCall.Mode.TIMING_ONLY : KernelCall.Mode.COMPUTE;
    launch(FusedKernel.over(step, layout, launcher.machine()), mode, arguments.toArray());
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      long[] shape = step.outputs().get(i).shape().stream().mapToLong(Long::longValue).toArray();
      tensors.add(onDevice(results.get(i)).reshape(shape));
    }
    return tensors;
  }

  private Tensor onDevice(HostArray array) {
    return array.isMeta() ? Tensor.meta(array.type(), array.shape()) : Tensor.on(device, array);
  }
}
