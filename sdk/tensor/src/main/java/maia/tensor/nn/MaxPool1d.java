package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// The largest element of each window of a signal.
public final class MaxPool1d extends Module {
  private final int kernel;
  private final Window window;

  /// Windows of `kernel` elements a side that do not overlap.
  public MaxPool1d(int kernel) {
    this(kernel, Window.of().stride(kernel));
  }

  /// Windows of `kernel` elements a side that move as `window` says.
  public MaxPool1d(int kernel, Window window) {
    Check.argument(kernel > 0, "MaxPool1d: the kernel must be positive, was %d", kernel);
    this.kernel = kernel;
    this.window = window;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Spatial.maxPool1d(x, kernel, window);
  }

  @Override
  protected String label() {
    String moves = window.equals(Window.of().stride(kernel)) ? "" : WindowText.of(window);
    return "MaxPool1d(" + kernel + moves + ")";
  }
}
