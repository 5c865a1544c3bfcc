package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// The largest element of each window of an image.
public final class MaxPool2d extends Module {
  private final int kernel;
  private final Window window;

  /// Windows of `kernel` elements a side that do not overlap.
  public MaxPool2d(int kernel) {
    this(kernel, Window.of().stride(kernel));
  }

  /// Windows of `kernel` elements a side that move as `window` says.
  public MaxPool2d(int kernel, Window window) {
    Check.argument(kernel > 0, "MaxPool2d: the kernel must be positive, was %d", kernel);
    this.kernel = kernel;
    this.window = window;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Spatial.maxPool2d(x, kernel, kernel, window);
  }

  @Override
  protected String label() {
    String moves = window.equals(Window.of().stride(kernel)) ? "" : WindowText.of(window);
    return "MaxPool2d(" + kernel + moves + ")";
  }
}
