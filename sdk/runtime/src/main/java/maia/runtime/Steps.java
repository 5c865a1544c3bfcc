package maia.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import maia.graph.Step;
import maia.graph.Value;
import maia.kernel.KernelCall;
import maia.kernel.KernelLaunch;
import maia.machine.Machine;
import maia.numerics.ElementType;
import maia.numerics.HostArray;
import maia.runtime.ops.DeviceOps;
import maia.runtime.ops.Launching;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.Tensor;
import maia.tensor.TensorException;

/// Runs steps and single operations as kernels of the library; results are tensors on `device`.
final class Steps implements Launching {
  private static final String EAGER =
      "%1$s cannot run '%%s': %%s; run it on the host explicitly: x.to(Device.cpu()), the operation,"
          + " then to(%1$s)";

  /// Who runs the kernels.
  private interface Runs {
    void run(KernelLaunch launch, KernelCall.Mode mode, Object... arguments);
  }

  private final Machine machine;
  private final Device device;
  private final ResultMemory memory;
  private final Runs runs;
  private final String refusal;

  private Steps(Machine machine, Device device, ResultMemory memory, Runs runs, String refusal) {
    this.machine = machine;
    this.device = device;
    this.memory = memory;
    this.runs = runs;
    this.refusal = refusal;
  }

  /// Steps of eager operations on `device`.
  static Steps eager(SimulatedLauncher launcher, Device device, Consumer<KernelRun> observer) {
    return in(ResultMemory.SEPARATE, launcher, device, observer);
  }

  /// The same with results in `memory`.
  static Steps in(
      ResultMemory memory,
      SimulatedLauncher launcher,
      Device device,
      Consumer<KernelRun> observer) {
    return new Steps(
        launcher.machine(),
        device,
        memory,
        (launch, mode, arguments) -> observer.accept(launcher.launch(launch.call(mode, arguments))),
        EAGER.formatted(device));
  }

  /// Steps that ask `memory` for their results and run no kernel, for inputs without values.
  static Steps asking(ResultMemory memory, Machine machine) {
    return new Steps(
        machine, Device.meta(), memory, (_, _, _) -> {}, EAGER.formatted(Device.meta()));
  }

  /// Steps of a session, whose values lie on the host between the kernels.
  static Steps session(SimulatedLauncher launcher, Consumer<KernelRun> observer) {
    String refusal =
        "a session on %s cannot run '%%s': %%s; run this operation on the host, before or after the"
            + " session";
    return new Steps(
        launcher.machine(),
        Device.cpu(),
        ResultMemory.SEPARATE,
        (launch, mode, arguments) -> observer.accept(launcher.launch(launch.call(mode, arguments))),
        refusal.formatted(launcher.machine().name()));
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
    return machine;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public void launch(KernelLaunch launch, KernelCall.Mode mode, Object... arguments) {
    runs.run(launch, mode, arguments);
  }

  @Override
  public HostArray array(boolean isTimingOnly, ElementType type, long... shape) {
    return memory.array(isTimingOnly, type, shape);
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
      results.add(array(meta, value.type(), shape));
    }
    arguments.addAll(results);
    KernelCall.Mode mode = meta ? KernelCall.Mode.TIMING_ONLY : KernelCall.Mode.COMPUTE;
    launch(FusedKernel.over(step, layout, machine), mode, arguments.toArray());
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      long[] shape = step.outputs().get(i).shape().stream().mapToLong(Long::longValue).toArray();
      Device place = meta ? Device.meta() : device;
      tensors.add(Tensor.on(place, results.get(i)).reshape(shape));
    }
    return tensors;
  }
}
