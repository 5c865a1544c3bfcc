package maia.tensor;

import java.util.Locale;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// Elements beyond the edges of a tensor.
final class Pads {
  private Pads() {}

  static Tensor pad(Tensor x, Spatial.Padding mode, int... amounts) {
    check(x, amounts);
    Tensor at = x;
    for (int i = 0; i < amounts.length; i += 2) {
      int dim = x.rank() - 1 - i / 2;
      at = along(at, mode, dim, amounts[i], amounts[i + 1]);
    }
    return at;
  }

  static Tensor constant(Tensor x, double value, int... amounts) {
    Tensor padded = pad(x, Spatial.Padding.ZEROS, amounts);
    if (value == 0) {
      return padded;
    }
    Tensor inside = pad(Create.fullLike(x.detach(), 1), Spatial.Padding.ZEROS, amounts).ne(0);
    return inside.where(padded, Create.scalarLike(padded, value).to(padded.dtype()));
  }

  private static void check(Tensor x, int... amounts) {
    ShapeException.check(
        amounts.length % 2 == 0 && amounts.length / 2 <= x.rank(),
        "pad: amounts must be pairs of before and after for up to %d dimensions, got %d amounts",
        x.rank(),
        amounts.length);
  }

  private static Tensor along(Tensor x, Spatial.Padding mode, int dim, int before, int after) {
    if (before == 0 && after == 0) {
      return x;
    }
    int size = Math.toIntExact(x.size(dim));
    int to = size + before + after;
    boolean fits =
        switch (mode) {
          case ZEROS -> true;
          case REFLECT -> before < size && after < size;
          case REPLICATE -> size > 0;
          case CIRCULAR -> before <= size && after <= size;
        };
    ShapeException.check(
        to >= 0 && fits,
        "pad: %s of %d before and %d after does not fit dimension %d of size %d",
        mode.name().toLowerCase(Locale.ROOT),
        before,
        after,
        dim,
        size);
    IntUnaryOperator source =
        switch (mode) {
          case ZEROS -> i -> i < 0 || i >= size ? -1 : i;
          case REFLECT -> i -> i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i;
          case REPLICATE -> i -> Math.clamp(i, 0, size - 1);
          case CIRCULAR -> i -> Math.floorMod(i, size);
        };
    int[] index = IntStream.range(0, to).map(o -> source.applyAsInt(o - before)).toArray();
    return Dispatch.run(new AlongAxis("pad", dim, Weights.picking(size, index)), x);
  }
}
