package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;

/// Images `[N, channels, height, width]` grown by a whole factor.
public final class Upsample extends Module {
  private final int factor;
  private final Spatial.Interpolation mode;
  private final Spatial.Corners corners;

  /// Each element repeated, as PyTorch has it.
  public Upsample(int factor) {
    this(factor, Spatial.Interpolation.NEAREST, Spatial.Corners.EDGES);
  }

  /// Grown by `factor`, elements between the given ones made as `mode` and `corners` say.
  public Upsample(int factor, Spatial.Interpolation mode, Spatial.Corners corners) {
    Check.argument(factor > 0, "Upsample: the factor must be positive, was %d", factor);
    this.factor = factor;
    this.mode = mode;
    this.corners = corners;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Spatial.interpolate(
        x,
        Math.toIntExact(x.size(-2) * factor),
        Math.toIntExact(x.size(-1) * factor),
        mode,
        corners);
  }

  @Override
  protected String label() {
    return "Upsample(" + factor + ", " + mode + ")";
  }
}
