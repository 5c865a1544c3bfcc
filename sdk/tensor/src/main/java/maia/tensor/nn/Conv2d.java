package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// Convolution of images `[N, in, height, width]` with a learned weight `[out, in / groups, kernel,
/// kernel]`, plus a learned bias per output channel where there is one.
public final class Conv2d extends Module {
  private final int in;
  private final int out;
  private final int kernel;
  private final Window window;
  private final Bias bias;

  /// Stride 1, no padding, with a bias; parameters are drawn from `seed`.
  public Conv2d(int in, int out, int kernel, long seed) {
    this(in, out, kernel, Window.of(), Bias.LEARNED, seed);
  }

  /// Weight and bias uniform within 1/sqrt(fan-in) of zero, drawn from `seed`.
  public Conv2d(int in, int out, int kernel, Window window, Bias bias, long seed) {
    Check.argument(
        in > 0 && out > 0 && kernel > 0 && in % window.groups() == 0 && out % window.groups() == 0,
        "conv2d: channels and kernel must be positive, channels multiples of the %d groups; were %d,"
            + " %d and %d",
        window.groups(),
        in,
        out,
        kernel);
    this.in = in;
    this.out = out;
    this.kernel = kernel;
    this.window = window;
    this.bias = bias;
    int share = in / window.groups();
    double bound = 1 / Math.sqrt((double) share * kernel * kernel);
    parameter("weight", Init.uniform(bound, 2 * seed, out, share, kernel, kernel));
    if (bias == Bias.LEARNED) {
      parameter("bias", Init.uniform(bound, 2 * seed + 1, out));
    }
  }

  /// The weights, `[out, in / groups, kernel, kernel]`.
  public Tensor weight() {
    return parameter("weight");
  }

  @Override
  public Tensor forward(Tensor x) {
    return bias == Bias.NONE
        ? Spatial.conv2d(x, weight(), window)
        : Spatial.conv2d(x, weight(), parameter("bias"), window);
  }

  @Override
  protected String label() {
    String text = "Conv2d(" + in + ", " + out + ", kernel=" + kernel;
    String moves = WindowText.of(window);
    return text + moves + (bias == Bias.NONE ? ", bias=none)" : ")");
  }
}
