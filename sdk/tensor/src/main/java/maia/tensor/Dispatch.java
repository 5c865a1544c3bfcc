package maia.tensor;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import maia.base.Stop;

/// The one way from a tensor method to a backend: chooses it, refuses by name, records for
/// autograd.
final class Dispatch {
  private static final ScopedValue<Optional<Backend>> INTERCEPTOR = ScopedValue.newInstance();

  private Dispatch() {}

  static Tensor run(Op op, Tensor... inputs) {
    Stop.poll(op.name());
    List<Tensor> operands = List.of(inputs);
    Tensor result = Autograd.noGrad(() -> execute(op, operands));
    for (Tensor input : operands) {
      if (input == result) {
        result = result.viewed(result.layout());
        break;
      }
    }
    return Autograd.record(op, operands, result);
  }

  static <T> T intercepting(Backend backend, Supplier<T> body) {
    return ScopedValue.where(INTERCEPTOR, Optional.of(backend)).call(body::get);
  }

  private static Tensor execute(Op op, List<Tensor> inputs) {
    Optional<Backend> interceptor = INTERCEPTOR.orElse(Optional.empty());
    if (interceptor.isPresent()) {
      return ScopedValue.where(INTERCEPTOR, Optional.empty())
          .call(() -> execute(interceptor.get(), op, inputs));
    }
    if (op instanceof View view) {
      return view.apply(inputs.getFirst());
    }
    return execute(device(op, inputs).backend(), op, inputs);
  }

  private static Tensor execute(Backend backend, Op op, List<Tensor> inputs) {
    if (!(op instanceof View) && !backend.supports(op)) {
      throw TensorException.of(
          "%s has no kernel for '%s'; run it on the host explicitly: x.to(Device.cpu()), the operation,"
              + " then to(%s)",
          backend.device(), op.name(), backend.device());
    }
    return backend.execute(op, inputs);
  }

  /// The device all inputs share; shape-only inputs make the result shape-only.
  private static Device device(Op op, List<Tensor> inputs) {
    Device device = inputs.getFirst().device();
    for (Tensor input : inputs) {
      if (input.isMeta()) {
        return Device.meta();
      }
      if (!input.device().equals(device)) {
        throw TensorException.of(
            "%s: inputs are on different devices: %s; move them with to(device)",
            op.name(), inputs.stream().map(t -> t.device().toString()).toList());
      }
    }
    return device;
  }
}
