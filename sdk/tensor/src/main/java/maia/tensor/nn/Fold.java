package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// Columns added up to images; see [Spatial#fold].
public final class Fold extends Module {
  private final int height;
  private final int width;
  private final int kernel;
  private final Window window;

  /// Images of `height` times `width`, windows of `kernel` elements a side that move as `window`
  /// says.
  public Fold(int height, int width, int kernel, Window window) {
    Check.argument(
        height > 0 && width > 0 && kernel > 0,
        "Fold: sizes must be positive, were %d, %d and %d",
        height,
        width,
        kernel);
    this.height = height;
    this.width = width;
    this.kernel = kernel;
    this.window = window;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Spatial.fold(x, height, width, kernel, kernel, window);
  }

  @Override
  protected String label() {
    return "Fold(" + height + "x" + width + ", " + kernel + WindowText.of(window) + ")";
  }
}
