package maia.tensor;

import java.util.Optional;

/// Convolution, pooling, padding and interpolation, as in `torch.nn.functional`. Images are `[N,
/// channels, height, width]`, signals `[N, channels, length]`.
public final class Spatial {
  private Spatial() {}

  // ---------------------------------------------------------------- convolution

  /// Each output is the sum of a window of the image times a weight `[O, C / groups, kH, kW]`.
  public static Tensor conv2d(Tensor x, Tensor weight, Window window) {
    return Dispatch.run(new Convolution.Forward(window), x, weight);
  }

  /// [#conv2d(Tensor, Tensor, Window)] plus one bias per output channel.
  public static Tensor conv2d(Tensor x, Tensor weight, Tensor bias, Window window) {
    return biased("conv2d", conv2d(x, weight, window), bias);
  }

  /// The convolution of signals with a weight `[O, C / groups, k]`; the window's columns (x) move
  /// along the length.
  public static Tensor conv1d(Tensor x, Tensor weight, Window window) {
    checkRank("conv1d", x, 3);
    checkRank("conv1d", weight, 3);
    return conv2d(x.unsqueeze(2), weight.unsqueeze(2), window.oneRow()).squeeze(2);
  }

  /// [#conv1d(Tensor, Tensor, Window)] plus one bias per output channel.
  public static Tensor conv1d(Tensor x, Tensor weight, Tensor bias, Window window) {
    checkRank("conv1d", x, 3);
    checkRank("conv1d", weight, 3);
    return conv2d(x.unsqueeze(2), weight.unsqueeze(2), bias, window.oneRow()).squeeze(2);
  }

  /// The gradient of [#conv2d(Tensor, Tensor, Window)] with respect to its image, as a layer: each
  /// element of `x` `[N, C, h, w]` adds a weight `[C, O / groups, kH, kW]` times itself to the
  /// result of (h - 1) strideY - 2 paddingY + dilationY (kH - 1) + 1 + `extraY` rows.
  public static Tensor convTranspose2d(
      Tensor x, Tensor weight, Window window, int extraY, int extraX) {
    checkRank("convTranspose2d", x, 4);
    checkRank("convTranspose2d", weight, 4);
    ShapeException.check(
        extraY >= 0
            && extraX >= 0
            && extraY < Math.max(window.strideY(), window.dilationY())
            && extraX < Math.max(window.strideX(), window.dilationX()),
        "convTranspose2d: output padding must be from 0 to below stride or dilation, was %d, %d",
        extraY,
        extraX);
    long height =
        (x.size(2) - 1) * window.strideY()
            - 2L * window.paddingY()
            + window.dilationY() * (weight.size(2) - 1)
            + 1
            + extraY;
    long width =
        (x.size(3) - 1) * window.strideX()
            - 2L * window.paddingX()
            + window.dilationX() * (weight.size(3) - 1)
            + 1
            + extraX;
    return Dispatch.run(new Convolution.Transposed(window, height, width), x, weight);
  }

  /// [#convTranspose2d(Tensor, Tensor, Window, int, int)] without output padding.
  public static Tensor convTranspose2d(Tensor x, Tensor weight, Window window) {
    return convTranspose2d(x, weight, window, 0, 0);
  }

  /// [#convTranspose2d(Tensor, Tensor, Window)] plus one bias per output channel.
  public static Tensor convTranspose2d(Tensor x, Tensor weight, Tensor bias, Window window) {
    return biased("convTranspose2d", convTranspose2d(x, weight, window), bias);
  }

  private static Tensor biased(String name, Tensor y, Tensor bias) {
    ShapeException.check(
        bias.rank() == 1 && bias.size(0) == y.size(1),
        "%s: bias is %s, must be %d, one per output channel",
        name,
        Layout.text(bias.shape()),
        y.size(1));
    return y.add(bias.reshape(1, -1, 1, 1));
  }

  private static void checkRank(String name, Tensor x, int rank) {
    ShapeException.check(
        x.rank() == rank,
        "%s: needs a tensor of %d dimensions, got %s",
        name,
        rank,
        Layout.text(x.shape()));
  }

  // ---------------------------------------------------------------- pooling

  /// The largest element of each window of `kernelY` x `kernelX`; NaN elements are passed over.
  public static Tensor maxPool2d(Tensor x, int kernelY, int kernelX, Window window) {
    return Pools.max("maxPool2d", x, Pools.windows("maxPool2d", x, kernelY, kernelX, window));
  }

  /// The largest element of each square window, which do not overlap.
  public static Tensor maxPool2d(Tensor x, int kernel) {
    return maxPool2d(x, kernel, kernel, Window.of().stride(kernel));
  }

  /// The mean of each window of `kernelY` x `kernelX`, whose padding counts as zeros.
  public static Tensor avgPool2d(Tensor x, int kernelY, int kernelX, Window window) {
    double factor = 1.0 / ((long) kernelY * kernelX);
    return Pools.average(
        "avgPool2d",
        x,
        Pools.windows("avgPool2d", x, kernelY, kernelX, window),
        Optional.of(factor));
  }

  /// The mean of each square window, which do not overlap.
  public static Tensor avgPool2d(Tensor x, int kernel) {
    return avgPool2d(x, kernel, kernel, Window.of().stride(kernel));
  }

  /// Means of windows chosen so that `height` x `width` of them cover the image evenly.
  public static Tensor adaptiveAvgPool2d(Tensor x, int height, int width) {
    return Pools.average(
        "adaptiveAvgPool2d",
        x,
        Pools.evenly("adaptiveAvgPool2d", x, height, width),
        Optional.empty());
  }

  /// The largest elements of windows chosen so that `height` x `width` of them cover the image.
  public static Tensor adaptiveMaxPool2d(Tensor x, int height, int width) {
    return Pools.max("adaptiveMaxPool2d", x, Pools.evenly("adaptiveMaxPool2d", x, height, width));
  }

  /// The largest element of each window of `kernel` elements along the length of a signal.
  public static Tensor maxPool1d(Tensor x, int kernel, Window window) {
    return maxPool2d(x.unsqueeze(-2), 1, kernel, window.oneRow()).squeeze(-2);
  }

  /// The mean of each window of `kernel` elements along the length of a signal.
  public static Tensor avgPool1d(Tensor x, int kernel, Window window) {
    return avgPool2d(x.unsqueeze(-2), 1, kernel, window.oneRow()).squeeze(-2);
  }

  // ---------------------------------------------------------------- windows, pixels

  /// Every window of x `[N, channels, height, width]` as a column: `[N, channels * kernelY *
  /// kernelX, windows]`, PyTorch's `unfold` (im2col).
  public static Tensor unfold(Tensor x, int kernelY, int kernelX, Window window) {
    return Patches.unfold(x, kernelY, kernelX, window);
  }

  /// The reverse of [#unfold]: columns added up where windows overlap, `[N, channels, height,
  /// width]`.
  public static Tensor fold(
      Tensor x, int height, int width, int kernelY, int kernelX, Window window) {
    return Patches.fold(x, height, width, kernelY, kernelX, window);
  }

  /// `[.., channels * factor * factor, h, w]` as `[.., channels, h * factor, w * factor]`.
  public static Tensor pixelShuffle(Tensor x, int factor) {
    return Patches.shuffle(x, factor);
  }

  /// The reverse of [#pixelShuffle].
  public static Tensor pixelUnshuffle(Tensor x, int factor) {
    return Patches.unshuffle(x, factor);
  }

  /// The channels of x `[N, channels, ..]` dealt out to `groups` in turn.
  public static Tensor channelShuffle(Tensor x, int groups) {
    return Patches.shuffleChannels(x, groups);
  }

  // ---------------------------------------------------------------- padding, interpolation

  /// What stands beyond the edge.
  public enum Padding {
    /// Zeros.
    ZEROS,
    /// The image mirrored at its edge elements, which are not repeated.
    REFLECT,
    /// The edge element.
    REPLICATE,
    /// The image again, from its other side.
    CIRCULAR,
  }

  /// `x` with elements added (negative: cut) `before` and `after` each of the last dimensions, as
  /// pairs from the last one on: `pad(x, mode, left, right, top, bottom)`.
  public static Tensor pad(Tensor x, Padding mode, int... amounts) {
    return Pads.pad(x, mode, amounts);
  }

  /// [#pad(Tensor, Padding, int...)] with a constant.
  public static Tensor pad(Tensor x, double value, int... amounts) {
    return Pads.constant(x, value, amounts);
  }

  /// How elements between the given ones are made.
  public enum Interpolation {
    /// The element before, as PyTorch's `nearest`.
    NEAREST,
    /// On a line between two neighbours in each dimension.
    BILINEAR,
    /// On a cubic through four neighbours in each dimension (a = -0.75).
    BICUBIC,
  }

  /// Where the new elements lie.
  public enum Corners {
    /// Edges of the images lie on each other.
    EDGES,
    /// Centres of the corner elements lie on each other.
    ALIGNED,
  }

  /// The last two dimensions in another size.
  public static Tensor interpolate(
      Tensor x, int height, int width, Interpolation mode, Corners corners) {
    return Resize.interpolate(x, height, width, mode, corners);
  }

  /// The last two dimensions in another size; edges lie on each other.
  public static Tensor interpolate(Tensor x, int height, int width, Interpolation mode) {
    return interpolate(x, height, width, mode, Corners.EDGES);
  }
}
