package maia.tensor.nn;

import maia.tensor.Activations;
import maia.tensor.Tensor;

/// x limited to two numbers.
public final class Hardtanh extends Module {
  private final double low;
  private final double high;

  /// Limited to -1 and 1, as PyTorch has it.
  public Hardtanh() {
    this(-1, 1);
  }

  /// Limited to `low` and `high`.
  public Hardtanh(double low, double high) {
    this.low = low;
    this.high = high;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Activations.hardtanh(x, low, high);
  }

  @Override
  protected String label() {
    return "Hardtanh(" + low + ", " + high + ")";
  }
}
