package maia.runtime;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import maia.graph.Step;
import maia.numerics.ElementType;
import maia.numerics.HostArray;
import maia.tensor.Tensor;

/// How the operands of a fused step are addressed: dimensions that lie behind one another in every
/// operand are one, and an operand lacks the dimensions along which it repeats.
///
/// @param sizes what is left of the shape, at least one size; of steps on rows the last is the row,
///   and there are at least two
/// @param inputs the operands, in the order of the step's inputs
record FusedLayout(List<Long> sizes, List<Operand> inputs) {
  FusedLayout {
    sizes = List.copyOf(sizes);
    inputs = List.copyOf(inputs);
  }

  /// An operand as a kernel sees it.
  ///
  /// @param array the dimensions it has; one element of one dimension where it has none
  /// @param has for each size, whether it has that dimension
  record Operand(HostArray array, List<Boolean> has) {
    Operand {
      has = List.copyOf(has);
    }
  }

  static FusedLayout of(Step.Fused step, List<Tensor> inputs) {
    long[] shape = step.shape().stream().mapToLong(Long::longValue).toArray();
    List<long[]> strides = inputs.stream().map(x -> strides(x, shape)).toList();
    List<List<Integer>> groups = groups(step, shape, strides);
    List<Long> sizes =
        groups.stream()
            .map(g -> g.stream().mapToLong(d -> shape[d]).reduce(1, Math::multiplyExact))
            .toList();
    return new FusedLayout(
        sizes,
        IntStream.range(0, inputs.size())
            .mapToObj(i -> operand(inputs.get(i), strides.get(i), groups, sizes))
            .toList());
  }

  /// The strides of `x` stretched to `shape`: 0 where it repeats.
  private static long[] strides(Tensor x, long[] shape) {
    long[] own = x.strides();
    long[] sizes = x.shape();
    long[] all = new long[shape.length];
    for (int d = 0; d < own.length; d++) {
      int at = shape.length - own.length + d;
      all[at] = sizes[d] == 1 ? 0 : own[d];
    }
    return all;
  }

  /// The dimensions in groups that can be walked as one.
  private static List<List<Integer>> groups(Step.Fused step, long[] shape, List<long[]> strides) {
    boolean rows = step.space() == Step.Space.ROWS;
    int lead = rows ? shape.length - 1 : shape.length;
    List<List<Integer>> groups = new ArrayList<>();
    for (int d = 0; d < lead; d++) {
      if (shape[d] == 1) {
        continue;
      }
      int at = d;
      boolean joins =
          !groups.isEmpty()
              && strides.stream()
                  .allMatch(s -> follow(s, groups.getLast().getLast(), at, shape[at]));
      if (joins) {
        groups.getLast().add(d);
      } else {
        groups.add(new ArrayList<>(List.of(d)));
      }
    }
    if (groups.isEmpty()) {
      groups.add(new ArrayList<>());
    }
    if (rows) {
      groups.add(new ArrayList<>(List.of(lead)));
    }
    return groups;
  }

  private static boolean follow(long[] strides, int outer, int inner, long size) {
    return strides[inner] == 0 ? strides[outer] == 0 : strides[outer] == strides[inner] * size;
  }

  private static Operand operand(
      Tensor x, long[] strides, List<List<Integer>> groups, List<Long> sizes) {
    List<Boolean> has =
        groups.stream().map(g -> !g.isEmpty() && strides[g.getLast()] != 0).toList();
    long[] shape =
        IntStream.range(0, sizes.size()).filter(has::get).mapToLong(sizes::get).toArray();
    long[] steps =
        IntStream.range(0, sizes.size())
            .filter(has::get)
            .mapToLong(g -> strides[groups.get(g).getLast()])
            .toArray();
    boolean single = shape.length == 0;
    return new Operand(
        view(x.type(), single ? new long[] {1} : shape, single ? new long[] {1} : steps, x), has);
  }

  private static HostArray view(ElementType type, long[] shape, long[] strides, Tensor x) {
    MemorySegment memory = x.isMeta() ? MemorySegment.NULL : x.segment();
    return HostArray.view(
        type, shape, strides, x.isMeta() ? 0 : x.offset(), memory, Optional.empty(), 1f);
  }

  /// The sizes without the row.
  long[] lead() {
    return Arrays.copyOf(all(), sizes.size() - 1);
  }

  long[] all() {
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }
}
