package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The value of the second input with the gradient of the first: rounding that training can pass
/// through (Bengio et al., arXiv:1308.3432).
public record StraightThrough() implements Op {
  @Override
  public Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    Tensor value = inputs.getLast();
    ShapeException.check(
        Arrays.equals(x.shape(), value.shape()) && x.type().equals(value.type()),
        "straightThrough: the value must be like the tensor, %s %s, got %s %s",
        x.type().label(),
        Layout.text(x.shape()),
        value.type().label(),
        Layout.text(value.shape()));
    return Tensor.meta(x.type(), x.shape());
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    meta(inputs);
    Tensor value = inputs.getLast();
    return value.viewed(value.layout());
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    return List.of(Optional.of(gradient), Optional.empty());
  }
}
