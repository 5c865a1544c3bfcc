package maia.kernel;

import java.util.List;
import java.util.Optional;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.npl.Instr.ReduceOp;
import maia.numerics.DType;

/// What is written in terms of folds and sorts.
final class Orders {
  private static final long CANONICAL_NAN = 0x7fc00000L;

  private Orders() {}

  /// The positions along `axis` in the shape of `x`, in `type`.
  private static Tile positions(Tile x, int axis, DType type) {
    Tracer trace = x.made.trace();
    Tile index = trace.positions(x.shape().get(axis)).to(type);
    for (int d = axis + 1; d < x.shape().size(); d++) {
      index = index.unsqueeze(index.shape().size());
    }
    return index.broadcastTo(Shapes.array(x.shape()));
  }

  /// The largest or smallest element, and where an element equal to it stands first: two
  /// reductions, so that it costs no more than some passes over the tile.
  static TileOrder.Extreme extreme(String what, Tile x, int axis, ReduceOp op) {
    Shapes.checkAxis(what, x.made, axis);
    Operands.checkNumbers(x.made.trace(), what, x.made);
    int[] shape = Shapes.array(x.shape());
    Tile value = new Tile(Folds.reduce(op, x.made, axis));
    Mask isBest = x.eq(value.unsqueeze(axis).broadcastTo(shape));
    Tile place = isBest.where(positions(x, axis, DType.I32), shape[axis]).amin(axis);
    // where everything is NaN nothing equals it
    Tile found = x.dtype().isFloat() ? place.lt(shape[axis]).where(place, 0) : place;
    Tile index = found.to(DType.I64);
    x.made.trace().recording().mayStayUnused(value, index);
    return new TileOrder.Extreme(value, index);
  }

  /// Mean, sum of squared differences and number, combined pair by pair.
  static TileOrder.Moments moments(Tile x, int axis, Optional<Mask> mask) {
    Tracer trace = x.made.trace();
    trace.require(
        x.dtype() == DType.F32,
        Mistake.WRONG_TYPE,
        "moments: needs an F32 tile, got %s; convert it with .to(F32)",
        x.made.value().type());
    Shapes.checkAxis("moments", x.made, axis);
    int[] shape = Shapes.array(x.shape());
    Tile weight =
        mask.map(m -> m.to(DType.F32).broadcastTo(shape))
            .orElseGet(() -> trace.full(DType.F32, 1, shape));
    Tile clean = mask.map(m -> m.where(x, 0f)).orElse(x);
    List<Tile> all =
        Folds.fold(
            "moments",
            List.of(clean, x.zerosLike(), weight),
            axis,
            Direction.FORWARD,
            Op.Fold.Kind.REDUCE,
            Orders::combineMoments);
    Tile count = all.get(2);
    Tile variance = all.get(1).div(count);
    trace.recording().mayStayUnused(variance);
    return new TileOrder.Moments(all.get(0), variance, count);
  }

  private static List<Tile> combineMoments(List<Tile> left, List<Tile> right) {
    Tile count = left.get(2).add(right.get(2));
    Tile share = count.gt(0).where(right.get(2).div(count), 0f);
    Tile delta = right.get(0).sub(left.get(0));
    Tile mean = left.get(0).add(delta.mul(share));
    Tile squares = delta.mul(delta).mul(left.get(2).mul(share));
    return List.of(mean, left.get(1).add(right.get(1)).add(squares), count);
  }

  /// The first `k` positions of the last dimension.
  static Tile first(Tile x, int k) {
    int last = x.shape().size() - 1;
    Tracer trace = x.made.trace();
    trace.checkPowerOfTwo("topk", k);
    trace.require(
        k <= x.shape().get(last),
        Mistake.TOO_MANY,
        "topk: k is %d, the last dimension of %s has %d elements",
        k,
        x.made.value().type(),
        x.shape().get(last));
    Tile top = new Tile(Shapes.slice("topk", x.made, last, 0, k));
    trace.recording().mayStayUnused(top);
    return top;
  }

  /// Sorts value and position packed into one integer, so that equal values keep their order.
  static TileOrder.Sorted sorted(Tile x, int axis, Direction order) {
    Shapes.checkAxis("sort", x.made, axis);
    Tracer trace = x.made.trace();
    DType dtype = x.dtype();
    trace.require(
        dtype.bits() <= 32 && dtype != DType.BOOL,
        Mistake.WRONG_TYPE,
        "sort: positions are kept for numbers of at most 32 bits, got %s; sort without them",
        x.made.value().type());
    int size = x.shape().get(axis);
    Tile position = positions(x, axis, DType.I64);
    boolean descending = order == Direction.REVERSE;
    Tile key = dtype.isFloat() ? ordered(x.to(DType.F32)) : x.to(DType.I32);
    Tile low = descending ? position.mul(-1).add(size - 1) : position;
    Tile packed = new Tile(Folds.sort(key.to(DType.I64).shl(32).or(low).made, axis, order));
    Tile back = packed.and(size - 1);
    Tile indices = descending ? back.mul(-1).add(size - 1) : back;
    Tile code = packed.shr(32).to(DType.I32);
    Tile values = dtype.isFloat() ? mirrored(code).bitcast(DType.F32) : code;
    Tile sorted = values.dtype() == dtype ? values : values.to(dtype);
    trace.recording().mayStayUnused(sorted, indices);
    return new TileOrder.Sorted(sorted, indices);
  }

  /// Integers in the order of the floats, every NaN as the largest.
  private static Tile ordered(Tile x) {
    Tile bits = x.bitcast(DType.I32);
    return mirrored(x.eq(x).where(bits, CANONICAL_NAN));
  }

  /// Turns the order of negative codes around; its own inverse.
  private static Tile mirrored(Tile bits) {
    return bits.xor(bits.shr(31).and(Integer.MAX_VALUE));
  }
}
