package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// Every window of an image as a column; see [Spatial#unfold].
public final class Unfold extends Module {
  private final int kernel;
  private final Window window;

  /// Windows of `kernel` elements a side that move as `window` says.
  public Unfold(int kernel, Window window) {
    Check.argument(kernel > 0, "Unfold: the kernel must be positive, was %d", kernel);
    this.kernel = kernel;
    this.window = window;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Spatial.unfold(x, kernel, kernel, window);
  }

  @Override
  protected String label() {
    return "Unfold(" + kernel + WindowText.of(window) + ")";
  }
}
