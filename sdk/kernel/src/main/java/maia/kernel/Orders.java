package maia.kernel;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.numerics.DType;

/// What is written in terms of folds and sorts.
final class Orders {
  private static final long CANONICAL_NAN = 0x7fc00000L;

  private Orders() {}

  /// The positions along `axis` in the shape of `x`.
  private static Tile positions(Tile x, int axis) {
    Tracer trace = x.made.trace();
    Tile index = trace.positions(x.shape().get(axis));
    for (int d = axis + 1; d < x.shape().size(); d++) {
      index = index.unsqueeze(index.shape().size());
    }
    return index.broadcastTo(Shapes.array(x.shape()));
  }

  /// The element no other is `better` than, and where it stands first.
  static TileOrder.Extreme extreme(
      String what, Tile x, int axis, BiFunction<Tile, Tile, Mask> better) {
    Shapes.checkAxis(what, x.made, axis);
    Operands.checkNumbers(x.made.trace(), what, x.made);
    List<Tile> found =
        Folds.fold(
            what,
            List.of(x, positions(x, axis)),
            axis,
            Direction.FORWARD,
            Op.Fold.Kind.REDUCE,
            (left, right) -> {
              Tile old = left.get(0);
              Tile next = right.get(0);
              Mask take = better.apply(old, next);
              if (x.dtype().isFloat()) {
                take = take.or(old.ne(old).and(next.eq(next)));
              }
              return List.of(take.where(next, old), take.where(right.get(1), left.get(1)));
            });
    return new TileOrder.Extreme(found.get(0), found.get(1));
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
    Tile position = positions(x, axis);
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
