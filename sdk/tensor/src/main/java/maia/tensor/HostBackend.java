package maia.tensor;

import java.util.List;

/// The host computes an operation by its own definition; the meta device only infers shapes.
enum HostBackend implements Backend {
  CPU(Device.cpu()) {
    @Override
    public Tensor execute(Op op, List<Tensor> inputs) {
      inputs.forEach(Host::checkAlive);
      return Pieces.needed(op, inputs, Pieces.LIMIT)
          ? Pieces.run(op, inputs, Pieces.PIECE)
          : op.host(inputs);
    }
  },
  META(Device.meta()) {
    @Override
    public Tensor execute(Op op, List<Tensor> inputs) {
      return op.meta(inputs);
    }

    @Override
    public Tensor store(Tensor values) {
      return Tensor.meta(values.type(), values.shape());
    }
  };

  private final Device device;

  HostBackend(Device device) {
    this.device = device;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public boolean supports(Op op) {
    return true;
  }
}
