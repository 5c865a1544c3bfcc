package maia.kernel.lower;

import java.util.ArrayList;
import java.util.List;
import maia.npl.Expr;
import maia.npl.Lane;
import maia.npl.Lane.BinaryOp;

/// Where a position of the box that is computed lies in one dimension of a tile.
sealed interface Coordinate {
  /// The position's own index in dimension `dim` of the box plus `offset`; always `offset` where
  /// `dim` is -1.
  record Along(int dim, long offset) implements Coordinate {}

  /// Anything else.
  record Computed(Lane lane) implements Coordinate {}

  /// The first index.
  Coordinate FIRST = new Along(-1, 0);

  /// This plus a constant.
  default Coordinate plus(long offset) {
    return switch (this) {
      case Along(int dim, long before) -> new Along(dim, before + offset);
      case Computed(var lane) -> offset == 0 ? this : new Computed(sum(lane, constant(offset)));
    };
  }

  /// The index as integer lanes.
  default Lane lane() {
    return switch (this) {
      case Along(int dim, long offset) when dim < 0 -> constant(offset);
      case Along(int dim, long offset) when offset == 0 -> new Lane.Iota(dim);
      case Along(int dim, long offset) -> sum(new Lane.Iota(dim), constant(offset));
      case Computed(var lane) -> lane;
    };
  }

  private static Lane constant(long value) {
    return new Lane.Index(Expr.of(value));
  }

  private static Lane sum(Lane x, Lane y) {
    return new Lane.Binary(BinaryOp.ADD, x, y);
  }

  /// The positions of a dimension of `size` in reverse order.
  static Coordinate flipped(Coordinate at, int size) {
    return new Computed(new Lane.Binary(BinaryOp.SUB, constant(size - 1L), at.lane()));
  }

  /// The coordinates in `from` of the position `at` in a tile of sizes `to`, both in row-major
  /// order. Dimensions that both have stay as they are.
  static List<Coordinate> reshaped(List<Coordinate> at, List<Integer> to, List<Integer> from) {
    List<Coordinate> result = new ArrayList<>();
    int next = 0;
    int taken = 0;
    while (taken < from.size()) {
      int first = taken;
      long size = from.get(taken++);
      int group = next;
      long have = 1;
      while (have != size) {
        if (have < size) {
          have *= to.get(next++);
        } else {
          size *= from.get(taken++);
        }
      }
      while (size == 1 && next < to.size() && to.get(next) == 1) {
        next++;
      }
      split(at.subList(group, next), to.subList(group, next), from.subList(first, taken), result);
    }
    return result;
  }

  private static void split(
      List<Coordinate> at, List<Integer> to, List<Integer> from, List<Coordinate> result) {
    List<Coordinate> real = new ArrayList<>();
    for (int d = 0; d < to.size(); d++) {
      if (to.get(d) > 1) {
        real.add(at.get(d));
      }
    }
    long wide = from.stream().filter(s -> s > 1).count();
    if (real.size() == 1 && wide == 1) {
      from.forEach(s -> result.add(s > 1 ? real.getFirst() : FIRST));
      return;
    }
    Lane linear = constant(0);
    for (int d = 0; d < to.size(); d++) {
      if (to.get(d) > 1) {
        boolean isFirst = linear instanceof Lane.Index(Expr.Const(long zero)) && zero == 0;
        Lane inner = at.get(d).lane();
        linear = isFirst ? inner : joined(linear, to.get(d), inner);
      }
    }
    if (wide == 1 && linear instanceof Lane.Iota(int dim)) {
      from.forEach(s -> result.add(s > 1 ? new Along(dim, 0) : FIRST));
      return;
    }
    long inner = 1;
    for (int size : from) {
      inner *= size;
    }
    boolean isFirst = true;
    for (int size : from) {
      inner /= size;
      if (size == 1) {
        result.add(FIRST);
        continue;
      }
      Lane index = inner == 1 ? linear : divided(BinaryOp.DIV, linear, inner);
      result.add(new Computed(isFirst ? index : divided(BinaryOp.REM, index, size)));
      isFirst = false;
    }
  }

  /// `outer * size + inner`; what was split into the two is itself again.
  private static Lane joined(Lane outer, long size, Lane inner) {
    boolean isWhole =
        outer instanceof Lane.Binary(var div, var x, var by)
            && inner instanceof Lane.Binary(var rem, var y, var of)
            && div == BinaryOp.DIV
            && rem == BinaryOp.REM
            && x.equals(y)
            && by.equals(constant(size))
            && of.equals(by);
    return isWhole ? ((Lane.Binary) outer).x() : sum(times(outer, size), inner);
  }

  private static Lane times(Lane x, long factor) {
    return new Lane.Binary(BinaryOp.MUL, x, constant(factor));
  }

  private static Lane divided(BinaryOp op, Lane x, long divisor) {
    return new Lane.Binary(op, x, constant(divisor));
  }
}
