package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// Transposed convolution of images `[N, in, height, width]` with a learned weight `[in, out /
/// groups, kernel, kernel]`, plus a learned bias per output channel where there is one: the
/// gradient of a convolution as a layer, which makes images larger by its strides.
public final class ConvTranspose2d extends Module {
  private final int in;
  private final int out;
  private final int kernel;
  private final Window window;
  private final int extra;
  private final Bias bias;

  /// Stride 1, no padding, with a bias; parameters are drawn from `seed`.
  public ConvTranspose2d(int in, int out, int kernel, long seed) {
    this(in, out, kernel, Window.of(), 0, Bias.LEARNED, seed);
  }

  /// Weight and bias uniform within 1/sqrt(out / groups * kernel^2) of zero, drawn from `seed`.
  ///
  /// @param extra rows and columns added below and to the right, less than the strides: PyTorch's
  ///   `output_padding`
  public ConvTranspose2d(
      int in, int out, int kernel, Window window, int extra, Bias bias, long seed) {
    Check.argument(
        in > 0 && out > 0 && kernel > 0 && in % window.groups() == 0 && out % window.groups() == 0,
        "convTranspose2d: channels and kernel must be positive, channels multiples of the %d groups;"
            + " were %d, %d and %d",
        window.groups(),
        in,
        out,
        kernel);
    Check.argument(
        extra >= 0 && extra < Math.max(window.strideY(), window.dilationY()),
        "convTranspose2d: rows added must be less than stride or dilation, were %d",
        extra);
    this.in = in;
    this.out = out;
    this.kernel = kernel;
    this.window = window;
    this.extra = extra;
    this.bias = bias;
    int share = out / window.groups();
    double bound = 1 / Math.sqrt((double) share * kernel * kernel);
    parameter("weight", Init.uniform(bound, 2 * seed, in, share, kernel, kernel));
    if (bias == Bias.LEARNED) {
      parameter("bias", Init.uniform(bound, 2 * seed + 1, out));
    }
  }

  /// The weights, `[in, out / groups, kernel, kernel]`.
  public Tensor weight() {
    return parameter("weight");
  }

  /// The bias, `[out]`; refused where there is none.
  public Tensor bias() {
    return parameter("bias");
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor y = Spatial.convTranspose2d(x, weight(), window, extra, extra);
    return bias == Bias.NONE ? y : y.add(parameter("bias").reshape(out, 1, 1));
  }

  @Override
  protected String label() {
    String text = "ConvTranspose2d(" + in + ", " + out + ", kernel=" + kernel;
    String more = WindowText.of(window) + (extra == 0 ? "" : ", extra=" + extra);
    return text + more + (bias == Bias.NONE ? ", bias=none)" : ")");
  }
}
