package maia.tensor.nn;

import maia.tensor.Functional;
import maia.tensor.Tensor;

/// x above 0, else `alpha` (e^x - 1).
public final class ELU extends Module {
  private final double alpha;

  /// With an alpha of 1, as PyTorch has it.
  public ELU() {
    this(1);
  }

  /// With an alpha of named.
  public ELU(double alpha) {
    this.alpha = alpha;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Functional.elu(x, alpha);
  }

  @Override
  protected String label() {
    return "ELU(alpha=" + alpha + ")";
  }
}
