package maia.tensor;

import java.util.List;
import java.util.Optional;

/// A copy with some dimensions (counted from 0, ascending) in reverse order.
public record Flip(List<Integer> dims) implements Op {
  @Override
  public Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    return Tensor.meta(x.dtype("flip"), x.shape());
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    meta(inputs);
    long[] strides = x.strides();
    long at = x.offset();
    for (int d : dims) {
      at += Math.max(0, x.size(d) - 1) * strides[d];
      strides[d] = -strides[d];
    }
    return Tensor.on(Device.cpu(), Host.copy(x.viewed(new Layout(x.shape(), strides, at))));
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    return List.of(Optional.of(Dispatch.run(this, gradient)));
  }
}
