package maia.runtime.ops;

import maia.kernel.KernelCall;
import maia.kernel.KernelLaunch;
import maia.machine.Machine;
import maia.numerics.ElementType;
import maia.numerics.HostArray;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.TensorException;

/// What operations need of whoever runs them: a chip, a place for the results, and the words of a
/// refusal.
public interface Launching {
  /// The chip.
  Machine machine();

  /// The device of the results.
  Device device();

  /// Memory for a result: a contiguous array of zero codes, or a shape where only time is
  /// simulated.
  HostArray array(boolean isTimingOnly, ElementType type, long... shape);

  /// Runs one kernel.
  void launch(KernelLaunch launch, KernelCall.Mode mode, Object... arguments);

  /// The refusal of `op`, with the way out; `why` says what the kernels take.
  TensorException refusal(Op op, String why);
}
