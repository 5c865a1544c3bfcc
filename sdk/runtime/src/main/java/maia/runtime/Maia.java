package maia.runtime;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import maia.tensor.Tensor;
import maia.tensor.nn.Module;

/// What a program asks of the simulated chip beyond running operations one by one: to compile a
/// function of tensors, and to measure.
///
/// ```java
/// Module net = model.to(Device.maia()).eval();
/// var fast = Maia.compile(net);
/// Tensor y = fast.call(x.to(Device.maia())); // the bits of net.call, in fewer launches
/// IO.println(fast.explain());
/// IO.println(Maia.profile(() -> fast.call(x.to(Device.maia()))));
/// ```
public final class Maia {
  private Maia() {}

  /// The forward pass of `module`, which must be in evaluation mode, as kernels that do several
  /// operations each. Nothing happens until it is called.
  public static CompiledFunction compile(Module module) {
    return CompiledFunction.of(module);
  }

  /// A function of one tensor, compiled as [#compile(Module)] does it. Tensors that it captures are
  /// constants: writes into their memory are seen, other tensors in their place are not. `name`
  /// appears in reports.
  public static CompiledFunction compile(String name, UnaryOperator<Tensor> forward) {
    return CompiledFunction.of(name, 1, inputs -> forward.apply(inputs.getFirst()));
  }

  /// As [#compile(String, UnaryOperator)] for a function of two tensors.
  public static CompiledFunction compile(String name, BinaryOperator<Tensor> forward) {
    return CompiledFunction.of(name, 2, inputs -> forward.apply(inputs.get(0), inputs.get(1)));
  }

  /// As [#compile(String, UnaryOperator)] for a function of `inputs` tensors.
  public static CompiledFunction compile(
      String name, int inputs, Function<List<Tensor>, Tensor> forward) {
    return CompiledFunction.of(name, inputs, forward);
  }

  /// Runs `body` and measures every kernel that operations on a simulated device, and compiled
  /// functions, launch in it. The result prints as a table with a line per operation.
  public static <T> Profile<T> profile(Supplier<T> body) {
    return Profile.of(body);
  }

  /// As [#profile(Supplier)] for a body without a result.
  public static Profile<Boolean> profile(Runnable body) {
    return Profile.of(() -> {
      body.run();
      return true;
    });
  }

  /// Calls `module` on `inputs` and measures as [#profile(Supplier)] does.
  public static Profile<Tensor> profile(Module module, Tensor... inputs) {
    return Profile.of(() -> module.call(inputs));
  }
}
