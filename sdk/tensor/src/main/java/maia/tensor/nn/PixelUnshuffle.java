package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;

/// `[.., channels, h * factor, w * factor]` as `[.., channels * factor * factor, h, w]`.
public final class PixelUnshuffle extends Module {
  private final int factor;

  /// Images shrink by `factor` in both directions.
  public PixelUnshuffle(int factor) {
    Check.argument(factor > 0, "PixelUnshuffle: the factor must be positive, was %d", factor);
    this.factor = factor;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Spatial.pixelUnshuffle(x, factor);
  }

  @Override
  protected String label() {
    return "PixelUnshuffle(" + factor + ")";
  }
}
