package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Activations;
import maia.tensor.Tensor;

/// x above 0, else a learned slope times x.
public final class PReLU extends Module {
  private final int slopes;

  /// One slope, 0.25 at first, as PyTorch has it.
  public PReLU() {
    this(1, 0.25);
  }

  /// One slope, or one per channel, all `first` at first.
  public PReLU(int slopes, double first) {
    Check.argument(slopes > 0, "PReLU: needs at least one slope, got %d", slopes);
    this.slopes = slopes;
    parameter("weight", Init.full(first, slopes));
  }

  @Override
  public Tensor forward(Tensor x) {
    return Activations.prelu(x, parameter("weight"));
  }

  @Override
  protected String label() {
    return "PReLU(" + slopes + ")";
  }
}
