package maia.runtime.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.kernel.library.Pointwise;
import maia.numerics.Array;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.tensor.Tensor;

/// Tensors of different strides walked over together, in as few dimensions as possible: those of
/// size 1 are left out, and neighbours that every tensor can see as one are joined. A program takes
/// a block of the last two, so the largest of the others comes before the last where these two are
/// too small for a block: heads beside each other are few, places of a sequence many.
final class Walks {
  /// The dimensions that a kernel's arrays may have.
  static final int MOST = 4;

  private final List<Tensor> arrays = new ArrayList<>();
  private final List<Tensor> numbers = new ArrayList<>();
  private final List<Integer> order = new ArrayList<>();
  private final int operands;
  private final List<Long> shape = new ArrayList<>();
  private final List<List<Long>> strides = new ArrayList<>();

  private Walks(List<Tensor> operands, List<Tensor> results) {
    long count = operands.stream().filter(x -> !x.isNumber()).count();
    for (Tensor x : operands) {
      order.add(x.isNumber() ? (int) count + numbers.size() : arrays.size());
      (x.isNumber() ? numbers : arrays).add(x);
    }
    this.operands = arrays.size();
    arrays.addAll(results);
    arrays.forEach(_ -> strides.add(new ArrayList<>()));
    join(results.getFirst().shape());
    bringRows();
  }

  static Walks of(List<Tensor> operands, List<Tensor> results) {
    return new Walks(operands, results);
  }

  /// The dimensions that are left.
  int dimensions() {
    return shape.size();
  }

  private void join(long... sizes) {
    List<long[]> steps = arrays.stream().map(x -> steps(x, sizes)).toList();
    for (int d = 0; d < sizes.length; d++) {
      if (sizes[d] == 1) {
        continue;
      }
      boolean joins = !shape.isEmpty();
      for (int a = 0; joins && a < steps.size(); a++) {
        joins = strides.get(a).getLast() == steps.get(a)[d] * sizes[d];
      }
      if (joins) {
        shape.set(shape.size() - 1, shape.getLast() * sizes[d]);
      } else {
        shape.add(sizes[d]);
      }
      for (int a = 0; a < steps.size(); a++) {
        if (joins) {
          strides.get(a).removeLast();
        }
        strides.get(a).add(steps.get(a)[d]);
      }
    }
    if (shape.isEmpty()) {
      shape.add(1L);
      strides.forEach(s -> s.add(1L));
    }
  }

  private void bringRows() {
    int rows = shape.size() - 2;
    if (rows < 1 || shape.get(rows) * shape.getLast() >= Pointwise.ELEMENTS) {
      return;
    }
    int best = rows;
    for (int d = rows - 1; d >= 0; d--) {
      best = shape.get(d) > shape.get(best) ? d : best;
    }
    shape.add(rows, shape.remove(best));
    for (List<Long> steps : strides) {
      steps.add(rows, steps.remove(best));
    }
  }

  /// The steps of `x` along the dimensions of `sizes`, 0 where it is stretched.
  private static long[] steps(Tensor x, long... sizes) {
    long[] own = x.shape();
    long[] strides = x.strides();
    long[] steps = new long[sizes.length];
    for (int d = 0; d < own.length; d++) {
      int to = d + sizes.length - own.length;
      steps[to] = own[d] == 1 ? 0 : strides[d];
    }
    return steps;
  }

  /// The dimensions in which an operand differs from place to place.
  private List<Integer> dims(int array) {
    List<Integer> dims = new ArrayList<>();
    for (int d = 0; d < shape.size(); d++) {
      if (strides.get(array).get(d) != 0 || array >= operands) {
        dims.add(d);
      }
    }
    return dims;
  }

  KernelLaunch launch(String name, Pointwise.Function function) {
    List<Pointwise.Operand> reads = new ArrayList<>();
    List<DType> writes = new ArrayList<>();
    for (int a = 0; a < arrays.size(); a++) {
      if (a < operands) {
        reads.add(new Pointwise.Operand(arrays.get(a).dtype(), dims(a)));
      } else {
        writes.add(arrays.get(a).dtype());
      }
    }
    List<DType> scalars = numbers.stream().map(Walks::scalar).toList();
    return Pointwise.over(
        name,
        new Pointwise.Walk(shape, reads, scalars, writes),
        (k, tiles) -> {
          List<Tile> named = order.stream().map(tiles::get).toList();
          return function.of(k, named);
        });
  }

  private static DType scalar(Tensor number) {
    return number.dtype().isFloat() ? DType.F32 : DType.I64;
  }

  /// The arguments of [#launch].
  Object[] arguments() {
    List<Object> arguments = new ArrayList<>();
    for (int a = 0; a < arrays.size(); a++) {
      arguments.add(view(a));
    }
    for (Tensor number : numbers) {
      if (number.dtype().isFloat()) {
        arguments.add(number.item());
      } else {
        arguments.add(number.toLongs()[0]);
      }
    }
    return arguments.toArray();
  }

  private Array view(int array) {
    Tensor x = arrays.get(array);
    List<Integer> dims = dims(array);
    long[] sizes = dims.isEmpty() ? new long[] {1} : dims.stream().mapToLong(shape::get).toArray();
    long[] steps =
        dims.isEmpty()
            ? new long[] {1}
            : dims.stream().mapToLong(strides.get(array)::get).toArray();
    return HostArray.view(x.type(), sizes, steps, x.offset(), x.segment(), Optional.empty(), 1f);
  }

  @Override
  public String toString() {
    return shape + " by " + strides + Arrays.asList(arrays.size(), numbers.size());
  }
}
