package maia.kernel;

import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import maia.kernel.ir.Op;
import maia.npl.Instr.ReduceOp;

/// Reductions and scans of a [Tile], and what depends on the order of its elements.
///
/// `sum`, `amax` and `amin` use the device's fixed tree of 16 lanes; everything with a combiner
/// goes through the axis from one end to the other.
public sealed interface TileOrder permits Tile {
  private Tile self() {
    return (Tile) this;
  }

  private Tile reduce(ReduceOp op, int axis) {
    return new Tile(Folds.reduce(op, self().made, axis));
  }

  private Tile reduceAll(ReduceOp op) {
    Tile all = self();
    while (!all.shape().isEmpty()) {
      all = new Tile(Folds.reduce(op, all.made, all.shape().size() - 1));
    }
    return all;
  }

  private Tile fold(
      String what, int axis, Direction from, Op.Fold.Kind kind, BinaryOperator<Tile> f) {
    return Folds.fold(
            what,
            List.of(self()),
            axis,
            from,
            kind,
            (x, y) -> List.of(f.apply(x.getFirst(), y.getFirst())))
        .getFirst();
  }

  /// The sum along `axis`, which is removed; integers of 8 and 16 bits count in I32.
  default Tile sum(int axis) {
    return reduce(ReduceOp.SUM, axis);
  }

  /// The sum of all elements, last dimension first.
  default Tile sum() {
    return reduceAll(ReduceOp.SUM);
  }

  /// The largest element along `axis`, which is removed.
  default Tile amax(int axis) {
    return reduce(ReduceOp.MAX, axis);
  }

  /// The largest element.
  default Tile amax() {
    return reduceAll(ReduceOp.MAX);
  }

  /// The smallest element along `axis`, which is removed.
  default Tile amin(int axis) {
    return reduce(ReduceOp.MIN, axis);
  }

  /// The smallest element.
  default Tile amin() {
    return reduceAll(ReduceOp.MIN);
  }

  /// The position (I64) of the largest element along `axis`, the first one of equals; NaN counts
  /// only where everything is NaN.
  default Tile argmax(int axis) {
    return maxWithIndex(axis).index();
  }

  /// The position (I64) of the smallest element along `axis`, the first one of equals.
  default Tile argmin(int axis) {
    return minWithIndex(axis).index();
  }

  /// The largest element along `axis` and its position, the first one of equals. Zeros are equal;
  /// the value is the one [#amax] gives, whichever sign stands first.
  default Extreme maxWithIndex(int axis) {
    return Orders.extreme("argmax", self(), axis, ReduceOp.MAX);
  }

  /// The smallest element along `axis` and its position, the first one of equals.
  default Extreme minWithIndex(int axis) {
    return Orders.extreme("argmin", self(), axis, ReduceOp.MIN);
  }

  /// A value and its position along the reduced axis (I64).
  record Extreme(Tile value, Tile index) {}

  /// The integers along `axis` combined with exclusive or.
  default Tile xorSum(int axis) {
    return fold("xorSum", axis, Direction.FORWARD, Op.Fold.Kind.REDUCE, (x, y) -> x.xor(y));
  }

  /// The positions along `axis` combined by `f`, from the first to the last: `f` gets what is
  /// combined so far and the next element, as scalars, and may only compute element by element.
  default Tile reduce(int axis, BinaryOperator<Tile> f) {
    return fold("reduce", axis, Direction.FORWARD, Op.Fold.Kind.REDUCE, f);
  }

  /// Mean and variance along `axis` in one pass (Welford).
  default Moments moments(int axis) {
    return Orders.moments(self(), axis, Optional.empty());
  }

  /// Mean and variance along `axis` of the elements where the mask holds.
  default Moments moments(int axis, Mask mask) {
    return Orders.moments(self(), axis, Optional.of(mask));
  }

  /// Mean and variance (of all elements, divided by their number) of a run of numbers, and how many
  /// they are (F32).
  record Moments(Tile mean, Tile variance, Tile count) {}

  // ---- scans

  /// The sums of the elements up to each position of `axis`; integers of 8 and 16 bits count in
  /// I32.
  default Tile cumsum(int axis) {
    return cumsum(axis, Direction.FORWARD);
  }

  /// The sums of the elements from one end up to each position of `axis`.
  default Tile cumsum(int axis, Direction from) {
    TileOrder wide = new Tile(Operands.countable(self().made));
    return wide.fold("cumsum", axis, from, Op.Fold.Kind.SCAN, (x, y) -> x.add(y));
  }

  /// The products of the elements up to each position of `axis`; integers of 8 and 16 bits count in
  /// I32.
  default Tile cumprod(int axis) {
    return cumprod(axis, Direction.FORWARD);
  }

  /// The products of the elements from one end up to each position of `axis`.
  default Tile cumprod(int axis, Direction from) {
    TileOrder wide = new Tile(Operands.countable(self().made));
    return wide.fold("cumprod", axis, from, Op.Fold.Kind.SCAN, (x, y) -> x.mul(y));
  }

  /// What [#reduce] has combined after each position of `axis`.
  default Tile scan(int axis, BinaryOperator<Tile> f) {
    return scan(axis, Direction.FORWARD, f);
  }

  /// What is combined after each position of `axis`, beginning at one end.
  default Tile scan(int axis, Direction from, BinaryOperator<Tile> f) {
    return fold("scan", axis, from, Op.Fold.Kind.SCAN, f);
  }

  // ---- order

  /// The elements along `axis` in ascending order: -0 before 0, NaN last.
  default Tile sort(int axis) {
    return sort(axis, Direction.FORWARD);
  }

  /// The elements along `axis` in ascending order, or with [Direction#REVERSE] in descending order.
  default Tile sort(int axis, Direction order) {
    return new Tile(Folds.sort(self().made, axis, order));
  }

  /// The elements along `axis` in order and the positions (I64) they had; equal elements keep their
  /// order. Elements have at most 32 bits.
  default Sorted sortWithIndex(int axis, Direction order) {
    return Orders.sorted(self(), axis, order);
  }

  /// Sorted elements and the positions (I64) they had.
  record Sorted(Tile values, Tile indices) {}

  /// The `k` largest elements along the last dimension, the largest first.
  default Tile topk(int k) {
    int last = self().shape().size() - 1;
    Shapes.checkAxis("topk", self().made, last);
    return Orders.first(sort(last, Direction.REVERSE), k);
  }

  /// The `k` largest elements along the last dimension and their positions, the largest first.
  default Sorted topkWithIndex(int k) {
    int last = self().shape().size() - 1;
    Shapes.checkAxis("topk", self().made, last);
    Sorted all = sortWithIndex(last, Direction.REVERSE);
    return new Sorted(Orders.first(all.values(), k), Orders.first(all.indices(), k));
  }

  /// How many elements of this integer vector are 0, 1, ... `bins` - 1 (I32). An element outside
  /// that range stops the run.
  default Tile histogram(int bins) {
    return new Tile(Folds.histogram(self().made, bins, Optional.empty()));
  }

  /// As [#histogram], of the elements where the mask holds.
  default Tile histogram(int bins, Mask mask) {
    return new Tile(Folds.histogram(self().made, bins, Optional.of(mask.made)));
  }

  /// The elements at positions `index` of `axis`; other dimensions of both have the same sizes.
  default Tile gather(Tile index, int axis) {
    return new Tile(Folds.gather(self().made, index.made, axis));
  }
}
