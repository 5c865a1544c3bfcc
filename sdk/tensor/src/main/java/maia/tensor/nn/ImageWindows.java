package maia.tensor.nn;

import java.util.Arrays;
import maia.base.Check;
import maia.tensor.ShapeException;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// Windows of images as rows of a matrix product.
final class ImageWindows {
  private ImageWindows() {}

  /// The windows of `x` `[N, C, height, width]`, zeros around it: `[N, rows, columns, C * kernelY *
  /// kernelX]`, with groups `[N, rows, columns, groups, C / groups * kernelY * kernelX]`.
  static Tensor of(Tensor x, int kernelY, int kernelX, Window at) {
    int py = at.paddingY();
    int px = at.paddingX();
    Tensor padded = py == 0 && px == 0 ? x : Spatial.pad(x, 0.0, px, px, py, py);
    Tensor all =
        along(
            along(padded, 2, kernelY, at.strideY(), at.dilationY()),
            3,
            kernelX,
            at.strideX(),
            at.dilationX());
    long columns = all.size(1) / at.groups() * kernelY * kernelX;
    Tensor rows = all.permute(0, 2, 3, 1, 4, 5);
    return at.groups() == 1
        ? rows.reshape(all.size(0), all.size(2), all.size(3), columns)
        : rows.reshape(all.size(0), all.size(2), all.size(3), at.groups(), columns);
  }

  private static Tensor along(Tensor x, int dim, int kernel, int stride, int dilation) {
    long span = (kernel - 1L) * dilation + 1;
    Tensor windows = x.unfold(dim, span, stride);
    return dilation == 1 ? windows : windows.slice(-1, 0, span, dilation);
  }

  /// Images whose neighbours are `strideY` and `strideX` apart, zeros between them.
  static Tensor spread(Tensor x, int strideY, int strideX) {
    if (strideY == 1 && strideX == 1) {
      return x;
    }
    long n = x.size(0);
    long channels = x.size(1);
    long height = x.size(2);
    long width = x.size(3);
    Tensor apart =
        Spatial.pad(
            x.reshape(n, channels, height, 1, width, 1), 0.0, 0, strideX - 1, 0, 0, 0, strideY - 1);
    return apart
        .reshape(n, channels, height * strideY, width * strideX)
        .narrow(2, 0, (height - 1) * strideY + 1)
        .narrow(3, 0, (width - 1) * strideX + 1);
  }

  /// `x` with zeros before and after along a dimension of images, or less where that is negative.
  static Tensor margins(Tensor x, int dim, int before, int after) {
    Tensor cut = x.slice(dim, Math.max(0, -before), x.size(dim) - Math.max(0, -after));
    int low = Math.max(0, before);
    int high = Math.max(0, after);
    return dim == 3 ? Spatial.pad(cut, 0.0, low, high) : Spatial.pad(cut, 0.0, 0, 0, low, high);
  }

  static void check(String name, Tensor x, int channels, String sizes, Module module) {
    ShapeException.check(
        x.rank() == sizes.split(",").length + 2 && x.size(1) == channels,
        "%s: windows need [N, %d, %s], got %s of %s",
        name,
        channels,
        sizes,
        Arrays.toString(x.shape()),
        module);
  }

  static void checkChannels(String name, int in, int out, int kernel, Window window) {
    Check.argument(
        in > 0 && out > 0 && kernel > 0 && in % window.groups() == 0 && out % window.groups() == 0,
        "%s: channels and kernel must be positive, channels multiples of the %d groups; were %d,"
            + " %d and %d",
        name,
        window.groups(),
        in,
        out,
        kernel);
  }
}
