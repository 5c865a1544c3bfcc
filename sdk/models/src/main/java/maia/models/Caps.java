package maia.models;

import maia.tensor.Tensor;

/// Values squashed to a largest magnitude.
final class Caps {
  private Caps() {}

  /// cap tanh(x / cap), or x where `cap` is 0.
  static Tensor squash(Tensor x, double cap) {
    return cap == 0 ? x : x.div(cap).tanh().mul(cap);
  }
}
