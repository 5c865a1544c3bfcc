/// Tensors, autograd, modules, optimisers, data sets and checkpoints.
module maia.tensor {
  requires transitive maia.numerics;
  requires static org.jspecify;

  exports maia.tensor;

  uses maia.tensor.DeviceProvider;
}
