package maia.quant;

import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;

/// A small module that is not a chain: two residual blocks and a head.
final class Residual extends Module {
  private final Linear first;
  private final Linear second;
  private final Linear head;

  Residual(long seed) {
    first = child("first", new Linear(32, 32, seed));
    second = child("second", new Linear(32, 32, seed + 1));
    head = child("head", new Linear(32, 8, seed + 2));
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor a = x.add(first.forward(x).relu());
    return head.forward(a.add(second.forward(a).relu()));
  }
}
