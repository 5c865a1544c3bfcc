package maia.tensor.nn;

import java.util.Arrays;
import java.util.Optional;
import maia.base.Check;
import maia.tensor.ShapeException;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// Convolution of images `[N, in, height, width]` with a learned weight `[out, in / groups, kernel,
/// kernel]`, plus a learned bias per output channel where there is one.
///
/// Without groups and dilation it is also a linear layer over windows ([#windows], [#product]):
/// inside a [LinearRule] it computes what the rule says of that layer.
public final class Conv2d extends Module {
  private final int in;
  private final int out;
  private final int kernel;
  private final Window window;
  private final Bias bias;
  private final Optional<Linear> product;

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
    boolean isProduct = window.groups() == 1 && window.dilationY() == 1 && window.dilationX() == 1;
    this.product =
        isProduct
            ? Optional.of(new Linear(asMatrix(), in * kernel * kernel, out, bias))
            : Optional.empty();
  }

  private Linear.Source asMatrix() {
    return new Linear.Source() {
      @Override
      public Tensor weight() {
        return Conv2d.this.weight().reshape(out, (long) in * kernel * kernel);
      }

      @Override
      public Tensor bias() {
        return Conv2d.this.bias();
      }
    };
  }

  /// The weights, `[out, in / groups, kernel, kernel]`.
  public Tensor weight() {
    return parameter("weight");
  }

  /// The bias, `[out]`; refused where there is none.
  public Tensor bias() {
    return parameter("bias");
  }

  /// The linear layer that the convolution is over its [#windows]: the same parameters, the weights
  /// as `[out, in * kernel * kernel]`. None with groups or dilation.
  public Optional<Linear> product() {
    return product;
  }

  /// The windows of images `[N, in, height, width]` that its elements see, as rows of [#product]:
  /// `[N, rows, columns, in * kernel * kernel]`, padding included.
  public Tensor windows(Tensor x) {
    ShapeException.check(
        product.isPresent() && x.rank() == 4 && x.size(1) == in,
        "conv2d: windows need a convolution without groups and dilation and images [N, %d, height,"
            + " width], got %s and %s",
        in,
        label(),
        Arrays.toString(x.shape()));
    int py = window.paddingY();
    int px = window.paddingX();
    Tensor padded = py == 0 && px == 0 ? x : Spatial.pad(x, 0.0, px, px, py, py);
    Tensor all = padded.unfold(2, kernel, window.strideY()).unfold(3, kernel, window.strideX());
    return all.permute(0, 2, 3, 1, 4, 5)
        .reshape(all.size(0), all.size(2), all.size(3), (long) in * kernel * kernel);
  }

  @Override
  public Tensor forward(Tensor x) {
    if (product.isPresent() && LinearRules.isInForce()) {
      return product.get().forward(windows(x)).permute(0, 3, 1, 2);
    }
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
