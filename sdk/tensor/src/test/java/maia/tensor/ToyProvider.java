package maia.tensor;

import java.util.List;

/// A device of the tests: the host under another name, without reductions.
public final class ToyProvider implements DeviceProvider {
  /// For the service loader.
  public ToyProvider() {}

  @Override
  public String kind() {
    return "toy";
  }

  @Override
  public Backend backend(int index) {
    return new Toy(new Device("toy", index));
  }

  private record Toy(Device device) implements Backend {
    @Override
    public boolean supports(Op op) {
      return !(op instanceof Reduction);
    }

    @Override
    public Tensor execute(Op op, List<Tensor> inputs) {
      return Tensor.on(device, op.host(inputs));
    }
  }
}
