package maia.tensor.nn;

import maia.tensor.Functional;
import maia.tensor.Tensor;

/// x where it is at least 0, else `slope` x.
public final class LeakyReLU extends Module {
  private final double slope;

  /// With a slope of 0.01, as PyTorch has it.
  public LeakyReLU() {
    this(0.01);
  }

  /// With a slope of named.
  public LeakyReLU(double slope) {
    this.slope = slope;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Functional.leakyRelu(x, slope);
  }

  @Override
  protected String label() {
    return "LeakyReLU(slope=" + slope + ")";
  }
}
