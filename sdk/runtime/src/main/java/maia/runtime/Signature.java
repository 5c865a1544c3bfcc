package maia.runtime;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.HostArray;
import maia.tensor.Device;
import maia.tensor.Tensor;

/// What a compiled function was compiled for: everything about its inputs but their values.
record Signature(List<Input> inputs) {
  Signature {
    inputs = List.copyOf(inputs);
  }

  /// One input.
  record Input(ElementType type, List<Long> shape, List<Long> strides, Device device) {
    /// A tensor like this without values.
    Tensor shaped() {
      long[] sizes = unboxed(shape);
      return type instanceof DType
          ? Tensor.on(
              Device.meta(),
              HostArray.view(
                  type, sizes, unboxed(strides), 0, MemorySegment.NULL, Optional.empty(), 1f))
          : Tensor.meta(type, sizes);
    }

    private static long[] unboxed(List<Long> sizes) {
      return sizes.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public String toString() {
      return type.label() + shape;
    }
  }

  static Signature of(List<Tensor> inputs) {
    return new Signature(inputs.stream().map(Signature::input).toList());
  }

  static Input input(Tensor x) {
    return new Input(x.type(), boxed(x.shape()), boxed(x.strides()), x.device());
  }

  private static List<Long> boxed(long[] sizes) {
    return Arrays.stream(sizes).boxed().toList();
  }

  /// Such as `f32[8, 64], bf16[64]`.
  @Override
  public String toString() {
    return String.join(", ", inputs.stream().map(Input::toString).toList());
  }
}
