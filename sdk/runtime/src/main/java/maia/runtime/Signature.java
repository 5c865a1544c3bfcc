package maia.runtime;

import java.util.Arrays;
import java.util.List;
import maia.numerics.ElementType;
import maia.tensor.Device;
import maia.tensor.Tensor;

/// What a compiled function was compiled for: everything about its inputs but their values.
record Signature(List<Input> inputs) {
  Signature {
    inputs = List.copyOf(inputs);
  }

  /// One input.
  record Input(ElementType type, List<Long> shape, List<Long> strides, Device device) {
    @Override
    public String toString() {
      return type.label() + shape;
    }
  }

  static Signature of(List<Tensor> inputs) {
    return new Signature(
        inputs.stream()
            .map(x -> new Input(x.type(), boxed(x.shape()), boxed(x.strides()), x.device()))
            .toList());
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
