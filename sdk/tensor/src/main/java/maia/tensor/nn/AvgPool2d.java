package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// The mean of each window of an image; padding counts as zeros.
public final class AvgPool2d extends Module {
  private final int kernel;
  private final Window window;

  /// Windows of `kernel` elements a side that do not overlap.
  public AvgPool2d(int kernel) {
    this(kernel, Window.of().stride(kernel));
  }

  /// Windows of `kernel` elements a side that move as `window` says.
  public AvgPool2d(int kernel, Window window) {
    Check.argument(kernel > 0, "AvgPool2d: the kernel must be positive, was %d", kernel);
    this.kernel = kernel;
    this.window = window;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Spatial.avgPool2d(x, kernel, kernel, window);
  }

  @Override
  protected String label() {
    String moves = window.equals(Window.of().stride(kernel)) ? "" : WindowText.of(window);
    return "AvgPool2d(" + kernel + moves + ")";
  }
}
