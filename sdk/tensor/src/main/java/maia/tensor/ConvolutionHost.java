package maia.tensor;

import java.util.Arrays;
import maia.base.Stop;
import maia.numerics.MatMul;

/// Convolutions in fp32: windows are unfolded into a matrix, image by image, and multiplied by the
/// room's matrix product. Images never meet in one sum, except in the gradient of the weight, which
/// adds them in ascending order.
final class ConvolutionHost {
  /// Multiply-adds one thread takes at a time.
  private static final long CHUNK = 1 << 18;

  private final ConvolutionShape s;
  private final int k;
  private final int n;
  private final int o;

  ConvolutionHost(ConvolutionShape shape) {
    s = shape;
    k = shape.windowSize();
    n = shape.windows();
    o = shape.groupOutputs();
  }

  void forward(float[] x, float[] w, float[] out) {
    overImages((image, unfolded) -> {
      for (int g = 0; g < s.window().groups(); g++) {
        unfold(x, image, g, unfolded);
        multiply(o, n, k, w, g * o * k, k, 1, unfolded, 0, n, out, at(image, g));
      }
    });
  }

  void transposed(float[] y, float[] w, float[] out) {
    overImages((image, unfolded) -> {
      for (int g = 0; g < s.window().groups(); g++) {
        Arrays.fill(unfolded, 0);
        multiply(k, n, o, w, g * o * k, 1, k, y, at(image, g), n, unfolded, 0);
        fold(unfolded, out, image, g);
      }
    });
  }

  /// Rows of the weight are independent, images are not: the product is divided, not the images.
  void weight(float[] x, float[] y, float[] out) {
    float[] unfolded = new float[k * n];
    for (int image = 0; image < s.images(); image++) {
      Stop.poll("conv2dWeight");
      for (int g = 0; g < s.window().groups(); g++) {
        unfold(x, image, g, unfolded);
        MatMul.parallel(o, k, n, y, at(image, g), n, 1, unfolded, 0, 1, n, out, g * o * k, k);
      }
    }
  }

  /// c `[m, n]` += a times b; one image alone may use every processor.
  private void multiply(
      int m,
      int n,
      int k,
      float[] a,
      int aAt,
      int aRow,
      int aCol,
      float[] b,
      int bAt,
      int bRow,
      float[] c,
      int cAt) {
    if (s.images() == 1) {
      MatMul.parallel(m, n, k, a, aAt, aRow, aCol, b, bAt, bRow, 1, c, cAt, n);
    } else {
      MatMul.multiplyAdd(m, n, k, a, aAt, aRow, aCol, b, bAt, bRow, 1, c, cAt, n);
    }
  }

  private int at(int image, int group) {
    return image * s.resultSize() + group * o * n;
  }

  @FunctionalInterface
  private interface Image {
    void run(int image, float[] unfolded);
  }

  private void overImages(Image body) {
    int chunk = Math.clamp(CHUNK / Math.max(1, s.work()), 1, Integer.MAX_VALUE);
    Parallel.ranges(
        s.images(),
        chunk,
        (from, to) -> {
          float[] unfolded = new float[k * n];
          for (int image = from; image < to; image++) {
            Stop.poll("conv2d");
            body.run(image, unfolded);
          }
        });
  }

  /// Row (channel, ky, kx), column (y, x) of `to` is the element that this window sees there.
  private void unfold(float[] x, int image, int group, float[] to) {
    Window w = s.window();
    int row = 0;
    for (int c = 0; c < s.groupChannels(); c++) {
      int plane = image * s.imageSize() + (group * s.groupChannels() + c) * s.height() * s.width();
      for (int ky = 0; ky < s.kernelY(); ky++) {
        for (int kx = 0; kx < s.kernelX(); kx++) {
          unfoldRow(x, plane, ky * w.dilationY() - w.paddingY(), kx, to, row++ * n);
        }
      }
    }
  }

  private void unfoldRow(float[] x, int plane, int top, int kx, float[] to, int at) {
    Window w = s.window();
    int first = s.firstColumn(kx);
    int end = s.endColumn(kx);
    for (int r = 0; r < s.rows(); r++) {
      int y = r * w.strideY() + top;
      int out = at + r * s.columns();
      if (y < 0 || y >= s.height()) {
        Arrays.fill(to, out, out + s.columns(), 0);
        continue;
      }
      Arrays.fill(to, out, out + first, 0);
      Arrays.fill(to, out + end, out + s.columns(), 0);
      int in = plane + y * s.width() + kx * w.dilationX() - w.paddingX();
      if (w.strideX() == 1) {
        System.arraycopy(x, in + first, to, out + first, end - first);
      } else {
        for (int c = first; c < end; c++) {
          to[out + c] = x[in + c * w.strideX()];
        }
      }
    }
  }

  /// Adds what [#unfold] took, in the order of rows of the matrix.
  private void fold(float[] from, float[] x, int image, int group) {
    Window w = s.window();
    int row = 0;
    for (int c = 0; c < s.groupChannels(); c++) {
      int plane = image * s.imageSize() + (group * s.groupChannels() + c) * s.height() * s.width();
      for (int ky = 0; ky < s.kernelY(); ky++) {
        for (int kx = 0; kx < s.kernelX(); kx++) {
          foldRow(from, row++ * n, x, plane, ky * w.dilationY() - w.paddingY(), kx);
        }
      }
    }
  }

  private void foldRow(float[] from, int at, float[] x, int plane, int top, int kx) {
    Window w = s.window();
    int first = s.firstColumn(kx);
    int end = s.endColumn(kx);
    for (int r = 0; r < s.rows(); r++) {
      int y = r * w.strideY() + top;
      if (y < 0 || y >= s.height()) {
        continue;
      }
      int in = plane + y * s.width() + kx * w.dilationX() - w.paddingX();
      int out = at + r * s.columns();
      for (int c = first; c < end; c++) {
        x[in + c * w.strideX()] += from[out + c];
      }
    }
  }
}
