package maia.tensor;

import java.util.List;

/// The indices of the elements that are not 0, one row each, in row order, as I64.
public record Nonzero() implements Op {
  @Override
  public Tensor meta(List<Tensor> inputs) {
    throw TensorException.of(
        "nonzero: the shape of the result depends on the values, and a tensor on device meta (%s) has"
            + " none; use where or maskedFill",
        Layout.text(inputs.getFirst().shape()));
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    return ChoiceHost.nonzero(inputs.getFirst());
  }
}
