package maia.tensor;

import java.util.Arrays;

/// The sizes of one convolution.
record ConvolutionShape(
    Window window,
    int images,
    int channels,
    int height,
    int width,
    int outputs,
    int groupChannels,
    int kernelY,
    int kernelX,
    int rows,
    int columns) {
  static ConvolutionShape of(Window window, long[] image, long[] weight) {
    long rows = window.countY(image[2], weight[2]);
    long columns = window.countX(image[3], weight[3]);
    return new ConvolutionShape(
        window,
        Math.toIntExact(image[0]),
        Math.toIntExact(image[1]),
        Math.toIntExact(image[2]),
        Math.toIntExact(image[3]),
        Math.toIntExact(weight[0]),
        Math.toIntExact(weight[1]),
        Math.toIntExact(weight[2]),
        Math.toIntExact(weight[3]),
        Math.toIntExact(Math.max(0, rows)),
        Math.toIntExact(Math.max(0, columns)));
  }

  void check(String name, Tensor a, Tensor b) {
    int groups = window.groups();
    ShapeException.check(
        channels == groupChannels * groups && outputs % groups == 0,
        "%s: %d channels and %d outputs do not fit a weight of %d channels in %d groups: inputs are %s"
            + " and %s",
        name,
        channels,
        outputs,
        groupChannels,
        groups,
        Layout.text(a.shape()),
        Layout.text(b.shape()));
    ShapeException.check(
        rows > 0 && columns > 0 && kernelY > 0 && kernelX > 0,
        "%s: a window of %dx%d (dilation %d, %d) does not fit an image of %dx%d with padding %d, %d",
        name,
        kernelY,
        kernelX,
        window.dilationY(),
        window.dilationX(),
        height,
        width,
        window.paddingY(),
        window.paddingX());
    long[] given =
        switch (name) {
          case "convTranspose2d" -> a.shape();
          case "conv2dWeight" -> b.shape();
          default -> result();
        };
    ShapeException.check(
        Arrays.equals(given, result()),
        "%s: %s does not fit the %s that the convolution of %s gives; for another size of the result"
            + " use output padding",
        name,
        Layout.text(given),
        Layout.text(result()),
        Layout.text(image()));
  }

  long[] image() {
    return new long[] {images, channels, height, width};
  }

  long[] weight() {
    return new long[] {outputs, groupChannels, kernelY, kernelX};
  }

  long[] result() {
    return new long[] {images, outputs, rows, columns};
  }

  int imageSize() {
    return channels * height * width;
  }

  int resultSize() {
    return outputs * rows * columns;
  }

  int groupOutputs() {
    return outputs / window.groups();
  }

  /// Elements of one window of one group.
  int windowSize() {
    return groupChannels * kernelY * kernelX;
  }

  /// Windows of one image.
  int windows() {
    return rows * columns;
  }

  /// Multiply-adds of one image.
  long work() {
    return (long) outputs * windowSize() * windows();
  }

  /// The first output column whose input column, at element `kx` of the window, is inside.
  int firstColumn(int kx) {
    int left = window.paddingX() - kx * window.dilationX();
    return left <= 0 ? 0 : Math.min(columns, Math.ceilDiv(left, window.strideX()));
  }

  /// The end of the output columns whose input column is inside, at least [#firstColumn].
  int endColumn(int kx) {
    int last = width - 1 + window.paddingX() - kx * window.dilationX();
    int end = last < 0 ? 0 : Math.min(columns, last / window.strideX() + 1);
    return Math.max(end, firstColumn(kx));
  }
}
