package maia.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.tensor.Activation;
import maia.tensor.Binary;
import maia.tensor.Comparison;
import maia.tensor.Conversion;
import maia.tensor.Normalize;
import maia.tensor.Op;
import maia.tensor.Reduction;
import maia.tensor.Selection;
import maia.tensor.SoftmaxOp;
import maia.tensor.Unary;

/// The shape on which operations work together, and whether they work on its rows.
///
/// @param shape the shape of every result, or of what is reduced; not empty of elements
/// @param rows whether rows along the last dimension are reduced
record RowSpace(List<Long> shape, boolean rows) {
  /// Types that kernels of fused operations read and write.
  private static final Set<DType> TYPES =
      Set.of(DType.F32, DType.BF16, DType.F16, DType.FP8_E4M3, DType.FP8_E5M2, DType.BOOL);

  /// Powers up to here are written out as products.
  private static final int LARGEST_POWER = 16;

  RowSpace {
    shape = List.copyOf(shape);
  }

  /// The space of `node`, if a kernel of fused operations can compute it.
  static Optional<RowSpace> of(Node node) {
    boolean known =
        TYPES.contains(node.output().type()) || node.op() instanceof Conversion.Quantize;
    for (Value input : node.inputs()) {
      known &= TYPES.contains(input.type()) || isNumber(input);
    }
    if (!known || node.output().elements() == 0 || node.inputs().getFirst().elements() == 0) {
      return Optional.empty();
    }
    return of(node.op(), node);
  }

  private static Optional<RowSpace> of(Op op, Node node) {
    List<Long> in = node.inputs().getFirst().shape();
    List<Long> out = node.output().shape();
    int last = in.size() - 1;
    return switch (op) {
      case Unary.Pow(var exponent) when Math.abs(exponent) > LARGEST_POWER -> Optional.empty();
      case Unary _, Activation _ -> points(out, floats(node));
      case Binary _, Comparison _ -> points(out, floats(node));
      case Selection.Where _ ->
          points(out, node.inputs().stream().skip(1).allMatch(RowSpace::isFloat));
      case Conversion.Contiguous _ -> points(out, true);
      case Conversion.Cast cast -> points(out, cast.equals(new Conversion.Cast(cast.type())));
      case Conversion.Quantize(var format, var rule) ->
          rows(
              in,
              rule == ScaleRule.FLOOR
                  && format.scale() == DType.E8M0
                  && format != BlockFormat.MXINT8
                  && node.inputs().getFirst().type() == DType.F32);
      case Reduction.ArgMax _ -> Optional.empty();
      case Reduction reduction -> rows(in, floats(node) && reduction.dims().equals(List.of(last)));
      case SoftmaxOp softmax -> rows(in, softmax.dim() == last);
      case Normalize normalize -> rows(in, normalize.dims() == 1);
      default -> Optional.empty();
    };
  }

  private static Optional<RowSpace> points(List<Long> shape, boolean fits) {
    return fits ? Optional.of(new RowSpace(shape, false)) : Optional.empty();
  }

  private static Optional<RowSpace> rows(List<Long> shape, boolean fits) {
    return fits ? Optional.of(new RowSpace(shape, true)) : Optional.empty();
  }

  private static boolean floats(Node node) {
    return node.inputs().stream().allMatch(RowSpace::isFloat);
  }

  private static boolean isFloat(Value value) {
    return value.type() instanceof DType type && type.isFloat();
  }

  /// Whether `value` is a floating-point constant of one element whose number is known: it is
  /// written into the kernel.
  static boolean isNumber(Value value) {
    return isFloat(value) && value.type() != DType.F64 && value.scalar().isPresent();
  }

  /// The space of both together: one shape, or one of rows and one that has an element per row.
  Optional<RowSpace> join(RowSpace other) {
    if (shape.equals(other.shape)) {
      return Optional.of(rows ? this : other);
    }
    if (rows && !other.rows && isPerRow(other.shape)) {
      return Optional.of(this);
    }
    if (other.rows && !rows && other.isPerRow(shape)) {
      return Optional.of(other);
    }
    return Optional.empty();
  }

  /// Whether a value of `other` has one element per row.
  private boolean isPerRow(List<Long> other) {
    return other.equals(dropped()) || other.equals(kept());
  }

  private List<Long> dropped() {
    return shape.subList(0, shape.size() - 1);
  }

  private List<Long> kept() {
    return java.util.stream.Stream.concat(dropped().stream(), java.util.stream.Stream.of(1L))
        .toList();
  }

  /// Whether every operation of `nodes` reads its operands aligned: a value of rows without the
  /// last dimension is read by others of that shape only, together with numbers.
  boolean holds(List<Node> nodes) {
    Map<Integer, Value> inside = new HashMap<>();
    nodes.forEach(n -> inside.put(n.output().id(), n.output()));
    for (Node node : nodes) {
      boolean dropped = isDropped(node.output()) && !isReducing(node);
      for (Value value : node.inputs()) {
        boolean of = inside.containsKey(value.id()) && isDropped(value);
        if (dropped ? !of && !isNumber(value) : of) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isDropped(Value value) {
    return rows && value.shape().equals(dropped()) && !value.shape().equals(shape);
  }

  private static boolean isReducing(Node node) {
    return node.op() instanceof Reduction;
  }

  Step.Space space() {
    return rows ? Step.Space.ROWS : Step.Space.POINTS;
  }

  /// Elements of a row.
  long row() {
    return shape.getLast();
  }

  /// Elements of a row, filled up to a power of two.
  long paddedRow() {
    return row() == 1 ? 1 : Long.highestOneBit(row() - 1) << 1;
  }

  /// `rows of [8, 64]` or `elements of [8, 64]`.
  @Override
  public String toString() {
    return (rows ? "rows of " : "elements of ") + shape;
  }
}
