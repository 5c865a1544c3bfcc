package maia.runtime.ops;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import maia.kernel.KernelCall;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.kernel.library.Pointwise;
import maia.machine.Machine;
import maia.numerics.Array;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.tensor.Conversion;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.tensor.View;

/// What steps run kernels with: memory for results, launches, and other operations on the same
/// chip. Nothing here, and no step, calls a method of a tensor that computes: that would run where
/// the tensor is.
final class Runner {
  private final Launching launching;

  Runner(Launching launching) {
    this.launching = launching;
  }

  Machine machine() {
    return launching.machine();
  }

  TensorException refusal(Op op, String why) {
    return launching.refusal(op, why);
  }

  /// The result of another operation on this chip.
  Tensor run(Op op, Tensor... inputs) {
    return DeviceOps.run(this, op, List.of(inputs));
  }

  Tensor run(Op op, List<Tensor> inputs) {
    return DeviceOps.run(this, op, inputs);
  }

  void launch(KernelLaunch launch, boolean timingOnly, Object... arguments) {
    KernelCall.Mode mode = timingOnly ? KernelCall.Mode.TIMING_ONLY : KernelCall.Mode.COMPUTE;
    launching.launch(launch, mode, arguments);
  }

  /// Whether only time can be simulated: some input has no values.
  static boolean isTimingOnly(List<Tensor> inputs) {
    return inputs.stream().anyMatch(Tensor::isMeta);
  }

  /// Memory for a result; without values where only time is simulated.
  Tensor result(boolean timingOnly, ElementType type, long... shape) {
    Device device = timingOnly ? Device.meta() : launching.device();
    return Tensor.on(device, launching.array(timingOnly, type, shape));
  }

  /// Memory for blocks with a scale of the whole tensor.
  Tensor blocks(BlockFormat format, float tensorScale, long... shape) {
    return here(launching.array(false, format, shape).withTensorScale(tensorScale));
  }

  /// The result of an operation on no elements.
  Tensor empty(List<Tensor> inputs, Tensor like) {
    return result(isTimingOnly(inputs), like.type(), like.shape());
  }

  /// An array of the caller's as a tensor of this device.
  Tensor here(Array array) {
    return Tensor.on(launching.device(), array);
  }

  /// A table that a kernel reads, made by the host: part of the program, as an immediate is.
  Tensor constant(boolean timingOnly, Tensor values) {
    return timingOnly ? Tensor.meta(values.type(), values.shape()) : here(values);
  }

  /// `x` itself where it is new, or a copy where it is `original` or a view.
  Tensor fresh(Tensor x, Tensor original) {
    boolean isNew = x != original && x.isContiguous();
    return isNew ? x : run(new Conversion.Contiguous(), x);
  }

  /// `x` in another scalar type.
  Tensor cast(Tensor x, DType type) {
    return x.type() == type ? x : run(new Conversion.Cast(type), x);
  }

  /// `x` with its elements one after another in row order.
  Tensor dense(Tensor x) {
    return x.isContiguous() ? x : run(new Conversion.Contiguous(), x);
  }

  /// `x` in another shape, copied where its strides need it.
  Tensor reshape(Tensor x, long... shape) {
    Tensor source = View.canReshape(x, shape) ? x : dense(x);
    return new View.Reshape(list(shape)).apply(source);
  }

  /// `x` as a matrix of its last dimension.
  Tensor rows(Tensor x) {
    if (x.rank() == 2) {
      return x;
    }
    long n = x.rank() == 0 ? 1 : x.size(-1);
    return reshape(x, n == 0 ? 0 : x.elements() / n, n);
  }

  /// Results computed element by element from operands that broadcast against them; `function` sees
  /// them in order, plain numbers as scalars.
  void pointwise(
      String name, List<Tensor> operands, List<Tensor> results, Pointwise.Function function) {
    Walks walks = Walks.of(operands, results);
    if (walks.dimensions() > Walks.MOST) {
      apart(name, operands, results, function);
      return;
    }
    boolean timingOnly = results.getFirst().isMeta();
    launch(walks.launch(name, function), timingOnly, walks.arguments());
  }

  /// The same place by place of the shortest dimension, one launch each.
  private void apart(
      String name, List<Tensor> operands, List<Tensor> results, Pointwise.Function function) {
    long[] shape = results.getFirst().shape();
    int shortest = -1;
    for (int d = 0; d < shape.length; d++) {
      boolean isShorter = shortest < 0 || shape[d] < shape[shortest];
      shortest = shape[d] > 1 && isShorter ? d : shortest;
    }
    for (long i = 0; i < shape[shortest]; i++) {
      View place = new View.Select(shortest, i);
      pointwise(
          name,
          operands.stream()
              .map(x -> x.isNumber() ? x : place.apply(new View.Expand(list(shape)).apply(x)))
              .toList(),
          results.stream().map(place::apply).toList(),
          function);
    }
  }

  /// As [#pointwise(String, List, List, Pointwise.Function)] with one result like `like`.
  Tensor pointwise(
      String name, List<Tensor> operands, Tensor like, Function<List<Tile>, Tile> function) {
    Tensor out = result(isTimingOnly(operands), like.type(), like.shape());
    pointwise(name, operands, List.of(out), (k, tiles) -> List.of(function.apply(tiles)));
    return out;
  }

  /// Copies `from`, which broadcasts, into `to`, of the same type.
  void copy(Tensor from, Tensor to) {
    pointwise("copy", List.of(from), List.of(to), (k, tiles) -> tiles);
  }

  static List<Long> list(long... values) {
    return Arrays.stream(values).boxed().toList();
  }
}
