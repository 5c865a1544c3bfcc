package maia.tensor;

import java.util.List;
import java.util.Optional;

/// A copy on another device; the identity in every other respect.
public record Transfer(Device device) implements Op {
  static Tensor to(Tensor x, Device device) {
    if (x.device().equals(device)) {
      return x;
    }
    if (x.isMeta()) {
      throw TensorException.of(
          "to: a tensor on device meta has no values to copy to %s; create it there", device);
    }
    Transfer transfer = new Transfer(device);
    return Autograd.record(transfer, List.of(x), device.backend().store(x));
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    return Tensor.meta(inputs.getFirst().type(), inputs.getFirst().shape());
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    return Device.cpu().backend().store(inputs.getFirst());
  }

  @Override
  public Reads reads() {
    return Reads.NOTHING;
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    return List.of(Optional.of(gradient.to(inputs.getFirst().device())));
  }

  @Override
  public long flops(List<Tensor> inputs, Tensor output) {
    return 0;
  }
}
