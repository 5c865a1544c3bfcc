package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import maia.numerics.BlockFormat;
import org.jspecify.annotations.Nullable;

/// Operations that only describe the same memory anew; no backend computes anything for them.
public sealed interface View extends Op {
  /// Another shape.
  record Reshape(List<Long> shape) implements View {}

  /// Dimensions in another order.
  record Permute(List<Integer> dims) implements View {}

  /// A range of one dimension.
  ///
  /// @param dim the dimension, counted from 0
  /// @param from the first index
  /// @param to the end, exclusive
  /// @param step the distance of neighbours, positive
  record Slice(int dim, long from, long to, long step) implements View {
    private Layout checked(Layout x) {
      long size = x.shape()[dim];
      ShapeException.check(
          step > 0 && from >= 0 && from <= to && to <= size,
          "slice: %d to %d in steps of %d does not lie in dimension %d of size %d",
          from,
          to,
          step,
          dim,
          size);
      return x.slice(dim, from, to, step);
    }
  }

  /// One index of one dimension.
  record Select(int dim, long index) implements View {}

  /// A new dimension of size 1.
  record Unsqueeze(int dim) implements View {}

  /// Dimensions of size 1 repeated.
  record Expand(List<Long> shape) implements View {}

  /// Windows along a dimension, as a new last dimension; windows may overlap.
  ///
  /// @param dim the dimension, counted from 0
  /// @param size the elements of a window
  /// @param step from one window to the next, positive
  record Unfold(int dim, long size, long step) implements View {}

  /// The diagonal of two dimensions, as a new last dimension in their place.
  ///
  /// @param offset how far above the main diagonal; negative below
  /// @param first the dimension that counts rows
  /// @param second the dimension that counts columns
  record Diagonal(long offset, int first, int second) implements View {}

  /// The view of `x`, on its device and in its memory.
  default Tensor apply(Tensor x) {
    @Nullable Tensor scales = x.scaleTensor().map(s -> ofScales(x, s)).orElse(null);
    return x.viewed(layout(x), scales);
  }

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    return Tensor.meta(x.type(), layout(x).shape());
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    return apply(inputs.getFirst());
  }

  private Layout layout(Tensor x) {
    Layout from = x.layout();
    return switch (this) {
      case Reshape(var shape) -> from.reshape(Shapes.array(shape)).orElseThrow();
      case Permute(var dims) -> from.permute(dims);
      case Slice slice -> slice.checked(from);
      case Select(var dim, var index) -> from.without(dim, index);
      case Unsqueeze(var dim) -> from.unsqueeze(dim);
      case Expand(var shape) ->
          from.expand(Shapes.array(shape))
              .orElseThrow(() ->
                  ShapeException.of(
                      "expand: %s does not expand to %s; only sizes of 1 and new leading dimensions"
                          + " repeat",
                      Layout.text(from.shape()), Layout.text(Shapes.array(shape))));
      case Unfold(var dim, var size, var step) -> from.unfold(dim, size, step);
      case Diagonal(var offset, var first, var second) -> from.diagonal(offset, first, second);
    };
  }

  /// The same view of the scales of a block tensor; refused where it would cut a block.
  private Tensor ofScales(Tensor x, Tensor scales) {
    int last = x.rank() - 1;
    int block = ((BlockFormat) x.type()).block();
    long width = scales.size(-1);
    Optional<View> view =
        switch (this) {
          case Reshape(var shape) when !shape.isEmpty() && shape.getLast() == x.size(-1) ->
              Optional.of(new Reshape(replaceLast(shape, width)));
          case Permute(var dims) when dims.getLast() == last || dims.getLast() == -1 ->
              Optional.of(this);
          case Slice slice when slice.dim() != last -> Optional.of(this);
          case Slice(_, var from, var to, var step)
              when step == 1 && from % block == 0 && (to % block == 0 || to == x.size(-1)) ->
              Optional.of(new Slice(last, from / block, Math.ceilDiv(to, block), 1));
          case Select select when select.dim() != last -> Optional.of(this);
          case Unsqueeze unsqueeze when unsqueeze.dim() <= last -> Optional.of(this);
          case Expand(var shape) when shape.getLast() == x.size(-1) ->
              Optional.of(new Expand(replaceLast(shape, width)));
          case Reshape _,
              Permute _,
              Slice _,
              Select _,
              Unsqueeze _,
              Expand _,
              Unfold _,
              Diagonal _ ->
              Optional.empty();
        };
    return view.orElseThrow(() ->
            ShapeException.of(
                "%s: would cut blocks of %d elements of the last dimension of %s %s; dequantize()"
                    + " first",
                name(), block, x.type().label(), Layout.text(x.shape())))
        .apply(scales);
  }

  private static List<Long> replaceLast(List<Long> shape, long size) {
    return IntStream.range(0, shape.size())
        .mapToObj(d -> d == shape.size() - 1 ? Long.valueOf(size) : shape.get(d))
        .toList();
  }

  @Override
  default Reads reads() {
    return Reads.NOTHING;
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    Tensor x = inputs.getFirst();
    return List.of(
        Optional.of(
            switch (this) {
              case Reshape _ -> gradient.reshape(x.shape());
              case Permute(var dims) -> gradient.permute(inverse(x, dims));
              case Slice _, Select _, Unfold _, Diagonal _ ->
                  Dispatch.run(new Scatter(this, Shapes.list(x.shape())), gradient);
              case Unsqueeze _ -> gradient.reshape(x.shape());
              case Expand _ -> Shapes.sumTo(gradient, x);
            }));
  }

  private static int[] inverse(Tensor x, List<Integer> dims) {
    int[] inverse = new int[dims.size()];
    for (int d = 0; d < inverse.length; d++) {
      inverse[x.layout().dim("permute", dims.get(d))] = d;
    }
    return inverse;
  }

  /// `shape` with its -1 replaced by the size that fits `x`.
  static long[] derive(Tensor x, long... shape) {
    long[] sizes = shape.clone();
    long known = 1;
    int open = -1;
    for (int d = 0; d < sizes.length; d++) {
      ShapeException.check(
          sizes[d] >= 0 || (sizes[d] == -1 && open < 0),
          "reshape: sizes must not be negative, except one -1: %s",
          Arrays.toString(shape));
      if (sizes[d] < 0) {
        open = d;
      } else {
        known = Math.multiplyExact(known, sizes[d]);
      }
    }
    if (open >= 0 && known > 0 && x.elements() % known == 0) {
      sizes[open] = x.elements() / known;
      known *= sizes[open];
    }
    ShapeException.check(
        known == x.elements() && (open < 0 || sizes[open] >= 0),
        "reshape: %s has %d elements, they do not fit %s",
        Layout.text(x.shape()),
        x.elements(),
        Arrays.toString(shape));
    return sizes;
  }

  /// Whether `x` can take these sizes as a view, without copying.
  static boolean canReshape(Tensor x, long[] sizes) {
    return x.layout().reshape(sizes).isPresent();
  }

  @Override
  default long flops(List<Tensor> inputs, Tensor output) {
    return 0;
  }
}
