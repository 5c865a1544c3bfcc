package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;

/// The largest elements of images as images of a given size.
public final class AdaptiveMaxPool2d extends Module {
  private final int height;
  private final int width;

  /// To `height` times `width`.
  public AdaptiveMaxPool2d(int height, int width) {
    Check.argument(
        height > 0 && width > 0,
        "AdaptiveMaxPool2d: sizes must be positive, were %d and %d",
        height,
        width);
    this.height = height;
    this.width = width;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Spatial.adaptiveMaxPool2d(x, height, width);
  }

  @Override
  protected String label() {
    return "AdaptiveMaxPool2d(" + height + ", " + width + ")";
  }
}
