package maia.tensor;

import java.util.ArrayList;
import java.util.List;

/// Interpolation along rows and columns, with PyTorch's places and weights.
final class Resize {
  /// The free parameter of the cubic convolution kernel (Keys 1981), as PyTorch and OpenCV choose
  /// it.
  private static final double A = -0.75;

  private Resize() {}

  static Tensor interpolate(
      Tensor x, int height, int width, Spatial.Interpolation mode, Spatial.Corners corners) {
    ShapeException.check(
        x.rank() >= 2 && x.size(-1) > 0 && x.size(-2) > 0 && height > 0 && width > 0,
        "interpolate: %s to %dx%d: rows and columns must be the last dimensions, and positive",
        Layout.text(x.shape()),
        height,
        width);
    if (!x.dtype("interpolate").isFloat()) {
      throw TensorException.of(
          "interpolate: needs a floating-point tensor, got %s; convert it with to(F32)",
          x.type().label());
    }
    Weights rows = weights(Math.toIntExact(x.size(-2)), height, mode, corners);
    Weights columns = weights(Math.toIntExact(x.size(-1)), width, mode, corners);
    Tensor tall = Dispatch.run(new AlongAxis("interpolate", x.rank() - 2, rows), x);
    return Dispatch.run(new AlongAxis("interpolate", x.rank() - 1, columns), tall);
  }

  private static Weights weights(
      int from, int to, Spatial.Interpolation mode, Spatial.Corners corners) {
    List<int[]> lists = new ArrayList<>();
    List<double[]> factors = new ArrayList<>();
    for (int o = 0; o < to; o++) {
      if (mode == Spatial.Interpolation.NEAREST) {
        lists.add(new int[] {Math.min(from - 1, (int) ((long) o * from / to))});
        factors.add(new double[] {1});
        continue;
      }
      double place =
          corners == Spatial.Corners.ALIGNED
              ? to == 1 ? 0 : o * (double) (from - 1) / (to - 1)
              : (o + 0.5) * from / to - 0.5;
      if (mode == Spatial.Interpolation.BILINEAR) {
        line(Math.max(0, place), from, lists, factors);
      } else {
        cubic(place, from, lists, factors);
      }
    }
    return Weights.mixing(from, lists, factors);
  }

  private static void line(double place, int from, List<int[]> lists, List<double[]> factors) {
    int left = Math.min(from - 1, (int) Math.floor(place));
    double t = place - left;
    lists.add(new int[] {left, Math.min(from - 1, left + 1)});
    factors.add(new double[] {1 - t, t});
  }

  private static void cubic(double place, int from, List<int[]> lists, List<double[]> factors) {
    int left = (int) Math.floor(place);
    double t = place - left;
    int[] index = new int[4];
    for (int j = 0; j < 4; j++) {
      index[j] = Math.clamp(left - 1 + j, 0, from - 1);
    }
    lists.add(index);
    factors.add(new double[] {far(t + 1), near(t), near(1 - t), far(2 - t)});
  }

  private static double near(double t) {
    return ((A + 2) * t - (A + 3)) * t * t + 1;
  }

  private static double far(double t) {
    return ((A * t - 5 * A) * t + 8 * A) * t - 4 * A;
  }
}
