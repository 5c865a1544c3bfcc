package maia.tensor;

import java.util.List;
import maia.base.Stop;
import maia.numerics.DType;

/// Convolutions in fp64, as loops: the reference, and what gradient checks run.
final class DoubleConvolution {
  private DoubleConvolution() {}

  /// One product of the convolution: where it reads and adds.
  @FunctionalInterface
  private interface Term {
    void add(int image, int weight, int result);
  }

  static Tensor run(Convolution op, ConvolutionShape s, List<Tensor> inputs, Tensor like) {
    double[] a = Host.doubles(inputs.get(0));
    double[] b = Host.doubles(inputs.get(1));
    double[] out = new double[Math.toIntExact(like.elements())];
    each(
        s,
        switch (op) {
          case Convolution.Forward _ -> (x, w, y) -> out[y] = Math.fma(a[x], b[w], out[y]);
          case Convolution.Transposed _ -> (x, w, y) -> out[x] = Math.fma(a[y], b[w], out[x]);
          case Convolution.Weight _ -> (x, w, y) -> out[w] = Math.fma(a[x], b[y], out[w]);
        });
    return Host.tensor(out, DType.F64, like.shape());
  }

  private static void each(ConvolutionShape s, Term term) {
    for (int image = 0; image < s.images(); image++) {
      Stop.poll("conv2d");
      for (int output = 0; output < s.outputs(); output++) {
        int channel = output / s.groupOutputs() * s.groupChannels();
        for (int c = 0; c < s.groupChannels(); c++) {
          int plane = (image * s.channels() + channel + c) * s.height() * s.width();
          int result = (image * s.outputs() + output) * s.windows();
          plane(
              s, plane, (output * s.groupChannels() + c) * s.kernelY() * s.kernelX(), result, term);
        }
      }
    }
  }

  private static void plane(ConvolutionShape s, int plane, int weight, int result, Term term) {
    Window w = s.window();
    for (int ky = 0; ky < s.kernelY(); ky++) {
      for (int kx = 0; kx < s.kernelX(); kx++) {
        for (int r = 0; r < s.rows(); r++) {
          int y = r * w.strideY() + ky * w.dilationY() - w.paddingY();
          for (int c = s.firstColumn(kx); c < s.endColumn(kx) && y >= 0 && y < s.height(); c++) {
            int x = c * w.strideX() + kx * w.dilationX() - w.paddingX();
            term.add(
                plane + y * s.width() + x,
                weight + ky * s.kernelX() + kx,
                result + r * s.columns() + c);
          }
        }
      }
    }
  }
}
