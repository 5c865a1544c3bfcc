package maia.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Which elements each window of a pooling sees, and the poolings.
final class Pools {
  private Pools() {}

  /// For each result of one dimension, the elements it sees.
  record Axes(List<int[]> rows, List<int[]> columns) {}

  static Axes windows(String name, Tensor x, int kernelY, int kernelX, Window w) {
    checkRank(name, x);
    long rows = w.countY(x.size(-2), kernelY);
    long columns = w.countX(x.size(-1), kernelX);
    ShapeException.check(
        kernelY > 0 && kernelX > 0 && rows > 0 && columns > 0,
        "%s: a window of %dx%d does not fit an image of %dx%d with padding %d, %d",
        name,
        kernelY,
        kernelX,
        x.size(-2),
        x.size(-1),
        w.paddingY(),
        w.paddingX());
    ShapeException.check(
        2 * w.paddingY() <= kernelY && 2 * w.paddingX() <= kernelX,
        "%s: padding must be at most half the window of %dx%d, was %d, %d",
        name,
        kernelY,
        kernelX,
        w.paddingY(),
        w.paddingX());
    return new Axes(
        axis((int) rows, kernelY, w.strideY(), w.paddingY(), w.dilationY(), x.size(-2)),
        axis((int) columns, kernelX, w.strideX(), w.paddingX(), w.dilationX(), x.size(-1)));
  }

  private static List<int[]> axis(
      int count, int kernel, int stride, int padding, int dilation, long size) {
    List<int[]> lists = new ArrayList<>();
    for (int o = 0; o < count; o++) {
      int start = o * stride - padding;
      lists.add(
          IntStream.range(0, kernel)
              .map(j -> start + j * dilation)
              .filter(i -> i >= 0 && i < size)
              .toArray());
    }
    return lists;
  }

  static Axes evenly(String name, Tensor x, int height, int width) {
    checkRank(name, x);
    ShapeException.check(
        height > 0 && width > 0 && x.size(-1) > 0 && x.size(-2) > 0,
        "%s: %dx%d windows of an image of %dx%d: sizes must be positive",
        name,
        height,
        width,
        x.size(-2),
        x.size(-1));
    return new Axes(evenly(x.size(-2), height), evenly(x.size(-1), width));
  }

  private static List<int[]> evenly(long size, int count) {
    List<int[]> lists = new ArrayList<>();
    for (long o = 0; o < count; o++) {
      int from = Math.toIntExact(o * size / count);
      int to = Math.toIntExact(Math.ceilDiv((o + 1) * size, (long) count));
      lists.add(IntStream.range(from, to).toArray());
    }
    return lists;
  }

  private static void checkRank(String name, Tensor x) {
    ShapeException.check(
        x.rank() >= 2,
        "%s: needs rows and columns as the last dimensions, the shape is %s",
        name,
        Layout.text(x.shape()));
  }

  static Tensor max(String name, Tensor x, Axes axes) {
    int[][] rows = axes.rows().toArray(int[][]::new);
    int[][] columns = axes.columns().toArray(int[][]::new);
    Tensor index = Dispatch.run(new WindowMaximum(name, rows, columns), x.detach());
    long[] lead = Arrays.copyOf(x.shape(), x.rank() - 2);
    long[] planes = Layout.insert(lead, lead.length, x.size(-2) * x.size(-1));
    long[] places = Layout.insert(lead, lead.length, (long) rows.length * columns.length);
    return x.reshape(planes).gather(-1, index.reshape(places)).reshape(index.shape());
  }

  /// Means with one factor for both dimensions together, or each window's own.
  static Tensor average(String name, Tensor x, Axes axes, Optional<Double> factor) {
    if (!x.dtype(name).isFloat()) {
      throw TensorException.of(
          "%s: needs a floating-point tensor, got %s; convert it with to(F32)",
          name, x.type().label());
    }
    Weights rows = weights(x.size(-2), axes.rows(), factor.isPresent() ? 1 : 0);
    Weights columns = weights(x.size(-1), axes.columns(), factor.orElse(0.0));
    Tensor sums = Dispatch.run(new AlongAxis(name, x.rank() - 2, rows), x);
    return Dispatch.run(new AlongAxis(name, x.rank() - 1, columns), sums);
  }

  private static Weights weights(long size, List<int[]> lists, double factor) {
    double[] factors =
        lists.stream().mapToDouble(l -> factor == 0 ? 1.0 / l.length : factor).toArray();
    return Weights.summing(Math.toIntExact(size), lists, factors);
  }
}
