package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;

/// `[.., channels * factor * factor, h, w]` as `[.., channels, h * factor, w * factor]`.
public final class PixelShuffle extends Module {
  private final int factor;

  /// Images grow by `factor` in both directions.
  public PixelShuffle(int factor) {
    Check.argument(factor > 0, "PixelShuffle: the factor must be positive, was %d", factor);
    this.factor = factor;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Spatial.pixelShuffle(x, factor);
  }

  @Override
  protected String label() {
    return "PixelShuffle(" + factor + ")";
  }
}
