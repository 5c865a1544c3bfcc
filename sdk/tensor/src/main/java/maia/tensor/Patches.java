package maia.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Windows of images as columns and back, and channels as pixels and back; see [Spatial].
final class Patches {
  private Patches() {}

  /// How many windows of `kernel` fit.
  private static long count(
      String name, long size, int kernel, int stride, int padding, int apart) {
    long reach = size + 2L * padding - (long) apart * (kernel - 1) - 1;
    ShapeException.check(
        kernel > 0 && reach >= 0,
        "%s: a window of %d does not fit a size of %d with padding %d",
        name,
        kernel,
        size,
        padding);
    return reach / stride + 1;
  }

  /// Where element (i, j) of every window lies in the padded image.
  private static Tensor places(Tensor padded, int i, int j, long rows, long columns, Window w) {
    long top = (long) i * w.dilationY();
    long left = (long) j * w.dilationX();
    return padded
        .slice(2, top, top + (rows - 1) * w.strideY() + 1, w.strideY())
        .slice(3, left, left + (columns - 1) * w.strideX() + 1, w.strideX());
  }

  static Tensor unfold(Tensor x, int kernelY, int kernelX, Window w) {
    check("unfold", x, 4, "[N, channels, height, width]", w);
    long rows = count("unfold", x.size(2), kernelY, w.strideY(), w.paddingY(), w.dilationY());
    long columns = count("unfold", x.size(3), kernelX, w.strideX(), w.paddingX(), w.dilationX());
    Tensor padded =
        Spatial.pad(
            x, Spatial.Padding.ZEROS, w.paddingX(), w.paddingX(), w.paddingY(), w.paddingY());
    List<Tensor> elements = new ArrayList<>();
    for (int i = 0; i < kernelY; i++) {
      for (int j = 0; j < kernelX; j++) {
        elements.add(places(padded, i, j, rows, columns, w));
      }
    }
    long length = x.size(1) * kernelY * kernelX;
    return Tensor.stack(elements, 2).reshape(x.size(0), length, rows * columns);
  }

  static Tensor fold(Tensor x, int height, int width, int kernelY, int kernelX, Window w) {
    check("fold", x, 3, "[N, channels * kernel, windows]", w);
    long rows = count("fold", height, kernelY, w.strideY(), w.paddingY(), w.dilationY());
    long columns = count("fold", width, kernelX, w.strideX(), w.paddingX(), w.dilationX());
    long kernel = (long) kernelY * kernelX;
    ShapeException.check(
        x.size(1) % kernel == 0 && x.size(2) == rows * columns,
        "fold: a %dx%d image has %d windows of channels * %d elements, the columns are %s",
        height,
        width,
        rows * columns,
        kernel,
        Layout.text(x.shape()));
    long channels = x.size(1) / kernel;
    Tensor parts = x.reshape(x.size(0), channels, kernel, rows, columns);
    Tensor padded =
        Create.fullLike(x.narrow(1, 0, 1).narrow(2, 0, 1), 0)
            .reshape(x.size(0), 1, 1, 1)
            .expand(x.size(0), channels, height + 2L * w.paddingY(), width + 2L * w.paddingX())
            .clone();
    for (int i = 0; i < kernelY; i++) {
      for (int j = 0; j < kernelX; j++) {
        places(padded, i, j, rows, columns, w).add_(parts.select(2, (long) i * kernelX + j));
      }
    }
    return padded.narrow(2, w.paddingY(), height).narrow(3, w.paddingX(), width).contiguous();
  }

  private static void check(String name, Tensor x, int rank, String form, Window w) {
    ShapeException.check(
        x.rank() == rank && w.groups() == 1,
        "%s: needs %s and no groups, got %s and %d groups",
        name,
        form,
        Layout.text(x.shape()),
        w.groups());
  }

  static Tensor shuffle(Tensor x, int factor) {
    int r = x.rank();
    ShapeException.check(
        factor > 0 && r >= 3 && x.size(-3) % ((long) factor * factor) == 0,
        "pixelShuffle: channels must be a multiple of %d * %d in [.., channels, height, width], got %s",
        factor,
        factor,
        Layout.text(x.shape()));
    long channels = x.size(-3) / factor / factor;
    Tensor cut = split(x, channels, factor, factor, x.size(-2), x.size(-1));
    Tensor moved = cut.permute(order(r, 0, 3, 1, 4, 2));
    return joined(moved, x, channels, x.size(-2) * factor, x.size(-1) * factor);
  }

  static Tensor unshuffle(Tensor x, int factor) {
    int r = x.rank();
    ShapeException.check(
        factor > 0 && r >= 3 && x.size(-2) % factor == 0 && x.size(-1) % factor == 0,
        "pixelUnshuffle: height and width must be multiples of %d in [.., channels, height, width],"
            + " got %s",
        factor,
        Layout.text(x.shape()));
    Tensor cut = split(x, x.size(-3), x.size(-2) / factor, factor, x.size(-1) / factor, factor);
    Tensor moved = cut.permute(order(r, 0, 2, 4, 1, 3));
    return joined(moved, x, x.size(-3) * factor * factor, x.size(-2) / factor, x.size(-1) / factor);
  }

  /// The last three dimensions as `sizes`.
  private static Tensor split(Tensor x, long... sizes) {
    int lead = x.rank() - 3;
    long[] shape = Arrays.copyOf(x.shape(), lead + sizes.length);
    System.arraycopy(sizes, 0, shape, lead, sizes.length);
    return x.reshape(shape);
  }

  /// Leading dimensions as they are, the others in `order`.
  private static int[] order(int rank, int... order) {
    int lead = rank - 3;
    int[] all = new int[lead + order.length];
    for (int d = 0; d < all.length; d++) {
      all[d] = d < lead ? d : lead + order[d - lead];
    }
    return all;
  }

  private static Tensor joined(Tensor moved, Tensor like, long channels, long height, long width) {
    long[] shape = like.shape();
    shape[shape.length - 3] = channels;
    shape[shape.length - 2] = height;
    shape[shape.length - 1] = width;
    return moved.reshape(shape);
  }

  static Tensor shuffleChannels(Tensor x, int groups) {
    ShapeException.check(
        groups > 0 && x.rank() >= 3 && x.size(1) % groups == 0,
        "channelShuffle: channels must be a multiple of the %d groups in [N, channels, ..], got %s",
        groups,
        Layout.text(x.shape()));
    return x.unflatten(1, groups, x.size(1) / groups).transpose(1, 2).flatten(1, 2);
  }
}
