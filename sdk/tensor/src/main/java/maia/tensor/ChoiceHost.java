package maia.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import maia.base.Stop;
import maia.numerics.DType;
import maia.numerics.Elements;
import maia.numerics.HostArray;

/// How the host moves elements to and from places that tensors of positions name. Codes are moved,
/// not values, except where they are added.
final class ChoiceHost {
  private ChoiceHost() {}

  /// A block of elements: a sub-tensor, moved as one.
  private record Block(Layout layout, long elements, boolean dense, int bits) {
    static Block of(Layout layout, int bits) {
      return new Block(layout, layout.elements(), layout.isContiguous(), bits);
    }

    /// Copies the block at storage index `at` of `from` to the dense elements from `first` of `to`.
    void read(MemorySegment from, long at, MemorySegment to, long first) {
      if (dense && at * bits % 8 == 0 && first * bits % 8 == 0 && elements * bits % 8 == 0) {
        MemorySegment.copy(from, at * bits / 8, to, first * bits / 8, elements * bits / 8);
      } else {
        Host.visit(layout, (place, i) -> Elements.move(from, at + place, to, first + i, bits));
      }
    }
  }

  static Tensor take(Tensor like, Tensor x, int dims, List<Tensor> positions) {
    long[] starts = starts(x, dims, positions);
    HostArray result = HostArray.zeros(like.dtype(), like.shape());
    Block block = Block.of(rest(x, dims), x.dtype().bits());
    for (int i = 0; i < starts.length; i++) {
      Stop.poll("get");
      block.read(x.segment(), starts[i], result.segment(), i * block.elements);
    }
    return Tensor.on(Device.cpu(), result);
  }

  static Tensor put(Tensor x, Tensor values, int dims, List<Tensor> positions, Choice.Write how) {
    Tensor result = Tensor.on(Device.cpu(), Host.copy(x));
    long[] starts = starts(result, dims, positions);
    Layout rest = rest(result, dims);
    if (how == Choice.Write.ADD) {
      return added(result, values, starts, rest);
    }
    Tensor from = values.isContiguous() ? values : Tensor.on(Device.cpu(), Host.copy(values));
    Block block = Block.of(rest, x.dtype().bits()); // dense, since the copy is
    for (int i = 0; i < starts.length; i++) {
      Stop.poll("put");
      block.read(from.segment(), from.offset() + i * block.elements, result.segment(), starts[i]);
    }
    return result;
  }

  /// Writes `values` to the places of `x` itself, which is in host memory.
  static void store(Tensor x, Tensor values, int dims, List<Tensor> positions) {
    long[] starts = starts(x, dims, positions);
    Layout rest = rest(x, dims);
    int bits = x.dtype().bits();
    boolean shared = values.segment().asOverlappingSlice(x.segment()).isPresent();
    Tensor from =
        values.isContiguous() && !shared ? values : Tensor.on(Device.cpu(), Host.copy(values));
    long width = rest.elements();
    Block block = Block.of(rest, bits);
    for (int i = 0; i < starts.length; i++) {
      Stop.poll("put");
      long first = from.offset() + i * width;
      long start = starts[i];
      if (block.dense) {
        block.read(from.segment(), first, x.segment(), start);
      } else {
        Host.visit(
            rest,
            (place, e) ->
                Elements.move(from.segment(), first + e, x.segment(), start + place, bits));
      }
    }
  }

  /// The dense `result` with `values` added at the places `starts` + `rest`.
  private static Tensor added(Tensor result, Tensor values, long[] starts, Layout rest) {
    DType type = result.dtype();
    int width = Math.toIntExact(rest.elements());
    return switch (Host.Kind.of(type)) {
      case FLOAT -> {
        float[] to = Host.floats(result);
        float[] from = Host.floats(values);
        for (int i = 0; i < starts.length; i++) {
          for (int c = 0; c < width; c++) {
            to[(int) starts[i] + c] += from[i * width + c];
          }
        }
        yield Host.tensor(to, type, result.shape());
      }
      case DOUBLE -> {
        double[] to = Host.doubles(result);
        double[] from = Host.doubles(values);
        for (int i = 0; i < starts.length; i++) {
          for (int c = 0; c < width; c++) {
            to[(int) starts[i] + c] += from[i * width + c];
          }
        }
        yield Host.tensor(to, type, result.shape());
      }
      case LONG -> {
        long[] to = Host.longs(result);
        long[] from = Host.longs(values);
        for (int i = 0; i < starts.length; i++) {
          for (int c = 0; c < width; c++) {
            to[(int) starts[i] + c] += from[i * width + c];
          }
        }
        yield Host.wrapped(to, type, result.shape());
      }
    };
  }

  /// The layout of one sub-tensor after `dims` dimensions, from storage index 0.
  private static Layout rest(Tensor x, int dims) {
    long[] shape = x.layout().shape();
    return new Layout(
        Arrays.copyOfRange(shape, dims, shape.length),
        Arrays.copyOfRange(x.layout().strides(), dims, shape.length),
        0);
  }

  /// The storage index of the sub-tensor that each position names, in row order.
  private static long[] starts(Tensor x, int dims, List<Tensor> positions) {
    long[] shape = Choice.broadcast(positions);
    long[] starts = new long[Math.toIntExact(Layout.contiguous(shape).elements())];
    Arrays.fill(starts, x.offset());
    for (int d = 0; d < dims; d++) {
      long[] chosen = Host.longs(positions.get(d).expand(shape));
      long size = x.size(d);
      long stride = x.layout().strides()[d];
      for (int i = 0; i < starts.length; i++) {
        long at = chosen[i];
        ShapeException.check(
            at >= -size && at < size,
            "index: position %d does not exist in a dimension of size %d of %s",
            at,
            size,
            Layout.text(x.layout().shape()));
        starts[i] += (at < 0 ? at + size : at) * stride;
      }
    }
    return starts;
  }

  static Tensor gather(Tensor like, Tensor x, Tensor index, int dim) {
    HostArray result = HostArray.zeros(like.dtype(), like.shape());
    int bits = like.dtype().bits();
    long[] places = places(x.layout(), index, dim, "gather");
    for (int i = 0; i < places.length; i++) {
      Elements.move(x.segment(), places[i], result.segment(), i, bits);
    }
    return Tensor.on(Device.cpu(), result);
  }

  static Tensor scatter(Tensor x, Tensor values, Tensor index, int dim, Choice.Write how) {
    Tensor result = Tensor.on(Device.cpu(), Host.copy(x));
    long[] places = places(result.layout(), index, dim, "scatter");
    if (how == Choice.Write.ADD) {
      return added(result, values, places, Layout.contiguous());
    }
    Tensor from = Tensor.on(Device.cpu(), Host.copy(values));
    int bits = x.dtype().bits();
    for (int i = 0; i < places.length; i++) {
      Elements.move(from.segment(), i, result.segment(), places[i], bits);
    }
    return result;
  }

  /// The storage index in `x` of each element of `index`, whose value replaces coordinate `dim`.
  private static long[] places(Layout x, Tensor index, int dim, String op) {
    long[] values = Host.longs(index);
    long[] places = new long[values.length];
    long stride = x.strides()[dim];
    long size = x.shape()[dim];
    long[] strides = x.strides().clone();
    strides[dim] = 0;
    Host.visit(
        new Layout(index.shape(), strides, x.offset()),
        (at, i) -> {
          ShapeException.check(
              values[i] >= 0 && values[i] < size,
              "%s: index %d does not exist in dimension %d of %s",
              op,
              values[i],
              dim,
              Layout.text(x.shape()));
          places[i] = at + values[i] * stride;
        });
    return places;
  }

  static Tensor nonzero(Tensor x) {
    Host.checkValues(x);
    boolean[] set = Host.booleans(x);
    int rank = x.rank();
    int count = 0;
    for (boolean one : set) {
      count += one ? 1 : 0;
    }
    long[] rows = new long[Math.multiplyExact(count, rank)];
    int row = 0;
    for (int i = 0; i < set.length; i++) {
      if (set[i]) {
        long left = i;
        for (int d = rank - 1; d >= 0; d--) {
          rows[row * rank + d] = left % x.size(d);
          left /= x.size(d);
        }
        row++;
      }
    }
    return Host.tensor(rows, DType.I64, count, rank);
  }
}
