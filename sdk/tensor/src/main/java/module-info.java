/// Tensors, autograd, modules, optimisers, data sets and checkpoints.
module maia.tensor {
  requires transitive maia.numerics;
  requires static org.jspecify;

  exports maia.tensor;
  exports maia.tensor.data;
  exports maia.tensor.io;
  exports maia.tensor.nn;
  exports maia.tensor.optim;

  uses maia.tensor.DeviceProvider;
}
