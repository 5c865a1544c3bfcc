package maia.tensor;

import java.util.List;
import java.util.Optional;

/// A user's function in the graph.
public record Custom(CustomFunction function) implements Op {
  static Tensor apply(CustomFunction function, List<Tensor> inputs) {
    Tensor result = Autograd.noGrad(() -> function.forward(inputs));
    Tensor fresh = inputs.contains(result) ? result.viewed(result.layout()) : result;
    return Autograd.record(new Custom(function), inputs, fresh);
  }

  @Override
  public String name() {
    return function.name();
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    return function.forward(
        inputs.stream().map(t -> t.isMeta() ? t : Tensor.meta(t.type(), t.shape())).toList());
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    return function.forward(inputs.stream().map(Host::here).toList());
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    return function.backward(inputs, output, gradient);
  }
}
