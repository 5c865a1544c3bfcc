package maia.tensor.nn;

import maia.tensor.Spatial;
import maia.tensor.Tensor;

/// Means of windows chosen so that a given number of them cover an image evenly.
public final class AdaptiveAvgPool2d extends Module {
  private final int height;
  private final int width;

  /// `height` x `width` windows.
  public AdaptiveAvgPool2d(int height, int width) {
    this.height = height;
    this.width = width;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Spatial.adaptiveAvgPool2d(x, height, width);
  }

  @Override
  protected String label() {
    return "AdaptiveAvgPool2d(" + height + ", " + width + ")";
  }
}
