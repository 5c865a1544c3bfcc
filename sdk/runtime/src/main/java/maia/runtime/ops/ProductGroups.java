package maia.runtime.ops;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maia.kernel.Tile;
import maia.kernel.library.Blocks.Problem;
import maia.kernel.library.LinearGroup;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.tensor.Tensor;
import maia.tensor.View;

/// Products of one input in one kernel, with what is computed of their results. Operands are
/// converted as for each product alone, the input once.
final class ProductGroups {
  private ProductGroups() {}

  /// The tensors of a group.
  ///
  /// @param x the input, K in its last dimension
  /// @param weights one matrix per product
  /// @param biases one per product where it has one
  /// @param operands what the tail reads
  record Arguments(
      Tensor x, List<Tensor> weights, List<Optional<Tensor>> biases, List<Tensor> operands) {
    Arguments {
      weights = List.copyOf(weights);
      biases = List.copyOf(biases);
      operands = List.copyOf(operands);
    }

    private boolean isMeta() {
      return Stream.concat(Stream.of(x), Stream.concat(weights.stream(), operands.stream()))
              .anyMatch(Tensor::isMeta)
          || biases.stream().flatMap(Optional::stream).anyMatch(Tensor::isMeta);
    }
  }

  static List<Tensor> run(Runner on, GroupSpec spec, Arguments arguments) {
    LinearGroup.Order order = order(spec, arguments.weights);
    List<Tensor> weights = turned(spec, order, arguments.weights);
    Tensor rows = on.rows(arguments.x);
    List<Long> widths =
        weights.stream().map(w -> w.size(order == LinearGroup.Order.OUT_IN ? 0 : 1)).toList();
    long n = Collections.max(widths);
    long m = rows.size(0);
    Tensor x = first(on, rows, weights.getFirst());
    List<Object> passed = new ArrayList<>(List.of(x));
    weights.forEach(w -> passed.add(first(on, w, rows)));
    List<LinearGroup.Member> members = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      Optional<Tensor> bias = arguments.biases.get(i).map(b -> bias(on, b, x.type()));
      bias.ifPresent(passed::add);
      members.add(member(spec.members().get(i), bias.map(Tensor::dtype)));
    }
    List<LinearGroup.Operand> operands = new ArrayList<>();
    for (Tensor operand : arguments.operands) {
      boolean isRow = operand.rank() == 1 && arguments.x.rank() != 1;
      operands.add(
          new LinearGroup.Operand(
              operand.dtype(), isRow ? LinearGroup.Extent.ROW : LinearGroup.Extent.MATRIX));
      passed.add(isRow ? operand : on.reshape(operand, m, n));
    }
    ElementType w = ((Tensor) passed.get(1)).type();
    Problem problem = new Problem(m, n, x.size(1), x.type(), w, widest(spec.outputs()));
    LinearGroup.Group group =
        new LinearGroup.Group(problem, widths, order, members, operands, spec.outputs());
    if (!LinearGroup.fits(group, on.machine())) {
      return apart(on, spec, arguments);
    }
    List<Tensor> results =
        isUneven(widths)
            ? uneven(on, spec, arguments, m, widths)
            : results(on, spec, arguments, m, n);
    passed.addAll(results);
    on.launch(
        LinearGroup.over(spec.name(), group, spec.tail(), on.machine()),
        arguments.isMeta(),
        passed.toArray());
    return results.stream().map(y -> on.reshape(y, shaped(arguments.x, y.size(1)))).toList();
  }

  private static long[] shaped(Tensor x, long width) {
    long[] shape = x.shape();
    shape[shape.length - 1] = width;
    return shape;
  }

  private static boolean isUneven(List<Long> widths) {
    return widths.stream().distinct().count() > 1;
  }

  /// One result for each product, of its width.
  private static List<Tensor> uneven(
      Runner on, GroupSpec spec, Arguments arguments, long m, List<Long> widths) {
    List<Tensor> all = new ArrayList<>();
    for (int i = 0; i < widths.size(); i++) {
      all.add(on.result(arguments.isMeta(), spec.outputs().get(i), m, widths.get(i)));
    }
    return all;
  }

  private static List<Tensor> results(
      Runner on, GroupSpec spec, Arguments arguments, long... shape) {
    return spec.outputs().stream().map(type -> on.result(arguments.isMeta(), type, shape)).toList();
  }

  /// The products one by one and the tail as a kernel of its own, where blocks of all of them do
  /// not fit into a tile. The bits are the same.
  static List<Tensor> apart(Runner on, GroupSpec spec, Arguments arguments) {
    List<Tensor> read = new ArrayList<>();
    for (int i = 0; i < arguments.weights.size(); i++) {
      Tensor w = arguments.weights.get(i);
      boolean isTurned = spec.order() == LinearGroup.Order.IN_OUT;
      Tensor outIn = isTurned ? new View.Permute(List.of(1, 0)).apply(w) : w;
      read.add(
          ProductSteps.linear(
              on, spec.members().get(i), arguments.x, outIn, arguments.biases.get(i)));
    }
    int products = read.size();
    if (isUneven(read.stream().map(y -> y.size(-1)).toList())) {
      return read;
    }
    long[] shape = read.getFirst().shape();
    read.addAll(arguments.operands);
    List<Tensor> results = results(on, spec, arguments, shape);
    on.pointwise(
        spec.name(),
        read,
        results,
        (k, tiles) -> {
          List<Tile> wide = tiles.stream().map(ProductGroups::wide).toList();
          List<Tile> stored =
              spec.tail().of(k, wide.subList(0, products), wide.subList(products, wide.size()));
          List<Tile> typed = new ArrayList<>();
          for (int i = 0; i < stored.size(); i++) {
            typed.add(Values.narrow(stored.get(i), spec.outputs().get(i)));
          }
          return typed;
        });
    return results;
  }

  private static Tile wide(Tile tile) {
    return tile.dtype() == DType.BOOL ? tile : Values.wide(tile, DType.F32);
  }

  /// Weights that lie K x N in memory turned are taken as N x K.
  private static LinearGroup.Order order(GroupSpec spec, List<Tensor> weights) {
    boolean isTurned =
        spec.order() == LinearGroup.Order.IN_OUT
            && weights.stream().allMatch(w -> w.strides()[0] == 1 && w.strides()[1] != 1);
    return isTurned ? LinearGroup.Order.OUT_IN : spec.order();
  }

  private static List<Tensor> turned(
      GroupSpec spec, LinearGroup.Order order, List<Tensor> weights) {
    return order == spec.order()
        ? weights
        : weights.stream().map(w -> new View.Permute(List.of(1, 0)).apply(w)).toList();
  }

  /// `a` as a kernel multiplies it by `b`.
  private static Tensor first(Runner on, Tensor a, Tensor b) {
    return ProductSteps.isTaken(on, a.type(), b.type()) ? a : ProductSteps.wide(on, a);
  }

  private static Tensor bias(Runner on, Tensor bias, ElementType x) {
    boolean isKept = x instanceof DType && ProductSteps.isNarrow(bias);
    return isKept ? bias : on.cast(bias, DType.F32);
  }

  private static LinearGroup.Member member(LinearSpec spec, Optional<DType> bias) {
    return new LinearGroup.Member(
        bias,
        spec.scale(),
        spec.between(),
        spec.activation(),
        spec.outScale(),
        (DType) spec.outType());
  }

  private static DType widest(List<DType> types) {
    return types.stream()
        .max((a, b) -> Integer.compare(a.bits(), b.bits()))
        .filter(t -> t != DType.BOOL)
        .orElse(DType.F32);
  }
}
