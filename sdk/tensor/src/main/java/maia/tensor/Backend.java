package maia.tensor;

import java.util.List;
import java.util.function.Supplier;
import maia.numerics.Elements;

/// Runs the operations of tensors that live on one device.
public interface Backend {
  /// The device whose tensors come here.
  Device device();

  /// Whether `op` can run here; otherwise the operation is refused by name, never run elsewhere in
  /// silence. Views are never asked for: they only describe memory.
  boolean supports(Op op);

  /// The result of `op`, normally made with [Tensor#on] on this backend's device.
  Tensor execute(Op op, List<Tensor> inputs);

  /// A copy of `values` in this device's memory.
  default Tensor store(Tensor values) {
    return Tensor.on(device(), Host.copy(values));
  }

  /// Writes `values` into the memory of `to`: both are of one type and shape, of this device, and
  /// do not overlap.
  default void write(Tensor to, Tensor values) {
    Elements.copy(values, to);
  }

  /// Runs `body` with every operation in it, views included, handed to this backend whatever the
  /// inputs' devices: how a forward pass is recorded or measured. Holds for the calling thread and
  /// ends with `body`.
  default <T> T intercept(Supplier<T> body) {
    return Dispatch.intercepting(this, body);
  }
}
