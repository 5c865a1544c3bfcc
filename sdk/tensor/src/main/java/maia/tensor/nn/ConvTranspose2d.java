package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// Transposed convolution of images `[N, in, height, width]` with a learned weight `[in, out /
/// groups, kernel, kernel]`, plus a learned bias per output channel where there is one: the
/// gradient of a convolution as a layer, which makes images larger by its strides.
///
/// As a linear layer over [#windows] it is the convolution of its images spread by the strides,
/// zeros between them, with the weights turned about: strides squared times the multiplications.
public final class ConvTranspose2d extends Module implements Windowed {
  private final int in;
  private final int out;
  private final int kernel;
  private final Window window;
  private final int extra;
  private final Bias bias;
  private final Linear product;

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
    ImageWindows.checkChannels("convTranspose2d", in, out, kernel, window);
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
    int columns = in / window.groups() * kernel * kernel;
    this.product = new Linear(source(), columns, out, bias, window.groups());
  }

  private Linear.Source source() {
    return new Linear.Source() {
      @Override
      public Tensor weight() {
        return asMatrix(ConvTranspose2d.this.weight());
      }

      @Override
      public Tensor bias() {
        return ConvTranspose2d.this.bias();
      }
    };
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
  public Linear product() {
    return product;
  }

  @Override
  public Tensor windows(Tensor x) {
    ImageWindows.check("convTranspose2d", x, in, "height, width", this);
    int y = window.dilationY() * (kernel - 1) - window.paddingY();
    int z = window.dilationX() * (kernel - 1) - window.paddingX();
    Tensor spread = ImageWindows.spread(x, window.strideY(), window.strideX());
    Tensor tall = ImageWindows.margins(spread, 2, y, y + extra);
    Tensor whole = ImageWindows.margins(tall, 3, z, z + extra);
    return ImageWindows.of(whole, kernel, kernel, window.stride(1).padding(0));
  }

  @Override
  public Tensor image(Tensor y) {
    return y.permute(0, 3, 1, 2);
  }

  @Override
  public Tensor asMatrix(Tensor weight) {
    int groups = window.groups();
    return weight
        .flip(2, 3)
        .reshape(groups, in / groups, out / groups, kernel, kernel)
        .transpose(1, 2)
        .reshape(out, (long) in / groups * kernel * kernel);
  }

  @Override
  public Tensor fromMatrix(Tensor matrix) {
    int groups = window.groups();
    return matrix
        .reshape(groups, out / groups, in / groups, kernel, kernel)
        .transpose(1, 2)
        .reshape(in, out / groups, kernel, kernel)
        .flip(2, 3);
  }

  @Override
  public Tensor forward(Tensor x) {
    if (LinearRules.isInForce()) {
      return image(product.forward(windows(x)));
    }
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
