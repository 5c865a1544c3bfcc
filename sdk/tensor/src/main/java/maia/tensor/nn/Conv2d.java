package maia.tensor.nn;

import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// Convolution of images `[N, in, height, width]` with a learned weight `[out, in / groups, kernel,
/// kernel]`, plus a learned bias per output channel where there is one.
public final class Conv2d extends Module implements Windowed {
  private final int in;
  private final int out;
  private final int kernel;
  private final Window window;
  private final Bias bias;
  private final Linear product;

  /// Stride 1, no padding, with a bias; parameters are drawn from `seed`.
  public Conv2d(int in, int out, int kernel, long seed) {
    this(in, out, kernel, Window.of(), Bias.LEARNED, seed);
  }

  /// Weight and bias uniform within 1/sqrt(fan-in) of zero, drawn from `seed`.
  public Conv2d(int in, int out, int kernel, Window window, Bias bias, long seed) {
    ImageWindows.checkChannels("conv2d", in, out, kernel, window);
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
    this.product = new Linear(source(), share * kernel * kernel, out, bias, window.groups());
  }

  private Linear.Source source() {
    return new Linear.Source() {
      @Override
      public Tensor weight() {
        return asMatrix(Conv2d.this.weight());
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

  @Override
  public Linear product() {
    return product;
  }

  @Override
  public Tensor windows(Tensor x) {
    ImageWindows.check("conv2d", x, in, "height, width", this);
    return ImageWindows.of(x, kernel, kernel, window);
  }

  @Override
  public Tensor image(Tensor y) {
    return y.permute(0, 3, 1, 2);
  }

  @Override
  public Tensor asMatrix(Tensor weight) {
    return weight.reshape(out, (long) in / window.groups() * kernel * kernel);
  }

  @Override
  public Tensor fromMatrix(Tensor matrix) {
    return matrix.reshape(out, in / window.groups(), kernel, kernel);
  }

  @Override
  public Tensor forward(Tensor x) {
    if (LinearRules.isInForce()) {
      return image(product.forward(windows(x)));
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
