package maia.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import maia.base.Origin;
import maia.kernel.Tile.Made;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;

/// Records changes of shape. None changes a value.
final class Shapes {
  private Shapes() {}

  static List<Integer> sizes(int... shape) {
    return Arrays.stream(shape).boxed().toList();
  }

  /// Checks that `what` of `x` names a dimension.
  static void checkAxis(String what, Made x, int axis) {
    int rank = x.value().type().rank();
    x.trace()
        .require(
            rank > 0,
            Mistake.NO_SUCH_DIMENSION,
            "%s: %s made at line %d is a scalar and has no dimensions",
            what,
            x.value().type(),
            x.line());
    x.trace()
        .require(
            axis >= 0 && axis < rank,
            Mistake.NO_SUCH_DIMENSION,
            "%s: %s has no dimension %d; its dimensions are 0 to %d",
            what,
            x.value().type(),
            axis,
            rank - 1);
  }

  static Made vector(String what, Made x, int dim) {
    x.trace()
        .require(
            x.value().type().rank() == 1,
            Mistake.WRONG_RANK,
            "%s: needs a vector, got %s; use .unsqueeze(d)",
            what,
            x.value().type());
    return unsqueeze(x, dim);
  }

  static Made unsqueeze(Made x, int dim) {
    int rank = x.value().type().rank();
    x.trace()
        .require(
            dim >= 0 && dim <= rank,
            Mistake.NO_SUCH_DIMENSION,
            "unsqueeze: dimension must be 0 to %d, was %d",
            rank,
            dim);
    return view("unsqueeze", x, new Term.Unsqueeze(dim, x.term()));
  }

  static Made squeeze(Made x, int dim) {
    checkAxis("squeeze", x, dim);
    Type type = x.value().type();
    x.trace()
        .require(
            type.shape().get(dim) == 1,
            Mistake.NOT_ONE_POSITION,
            "squeeze: dimension %d of %s is %d, not 1; reduce it or choose one position",
            dim,
            type,
            type.shape().get(dim));
    return view("squeeze", x, new Term.Reshape(type.without(dim).shape(), x.term()));
  }

  static Made transpose(Made x) {
    x.trace()
        .require(
            x.value().type().rank() >= 2,
            Mistake.WRONG_RANK,
            "t: needs at least two dimensions, got %s",
            x.value().type());
    return view("t", x, new Term.Transpose(x.term()));
  }

  static Made permute(Made x, int... order) {
    int rank = x.value().type().rank();
    HashSet<Integer> named = new HashSet<>(sizes(order));
    boolean all = order.length == rank && named.size() == rank;
    x.trace()
        .require(
            all && named.stream().allMatch(d -> d >= 0 && d < rank),
            Mistake.BAD_ORDER,
            "permute: the order of %s must name each of its dimensions once, was %s",
            x.value().type(),
            Arrays.toString(order));
    return view("permute", x, new Term.Permute(sizes(order), x.term()));
  }

  static Made reshape(String what, Made x, int... shape) {
    Type type = x.value().type();
    for (int size : shape) {
      x.trace()
          .require(size > 0, Mistake.BAD_SIZE, "%s: sizes must be positive, was %d", what, size);
    }
    Type to = type.shaped(sizes(shape));
    x.trace()
        .require(
            to.elements() == type.elements(),
            Mistake.ELEMENTS_CHANGE,
            "%s: %s made at line %d has %d elements, %s has %d; a reshape keeps their number",
            what,
            type,
            x.line(),
            type.elements(),
            shape.length == 0 ? "a scalar" : Type.sizes(to.shape()),
            to.elements());
    return view(what, x, new Term.Reshape(sizes(shape), x.term()));
  }

  static Made flip(Made x, int dim) {
    checkAxis("flip", x, dim);
    return view("flip", x, new Term.Flip(dim, x.term()));
  }

  static Made broadcast(Made x, int... shape) {
    Operands.checkStretch(x.trace(), "broadcastTo", x, sizes(shape));
    return view("broadcastTo", x, new Term.Broadcast(sizes(shape), x.term()));
  }

  /// `size` positions of `dim` from `start` on.
  static Made slice(String what, Made x, int dim, int start, int size) {
    return view(what, x, new Term.Slice(dim, start, size, x.term()));
  }

  private static Made view(String what, Made x, Term term) {
    return x.trace().recording().record(what, term, List.of(x));
  }

  /// The parts one after the other along `dim`.
  static Made cat(String what, List<Made> parts, int dim) {
    Made first = parts.getFirst();
    Tracer trace = first.trace();
    checkAxis(what, first, dim);
    int size = 0;
    for (Made part : parts) {
      checkParts(what, first, part, dim);
      trace.use(part);
      size += part.value().type().shape().get(dim);
    }
    Type type = first.value().type().sized(dim, size);
    trace.checkPowerOfTwo(what, size);
    Origin.Frame frame = trace.here();
    Made made = trace.recording().define(type, frame);
    trace
        .recording()
        .add(
            new Op.Concat(
                made.value(), parts.stream().map(Made::term).toList(), dim, trace.origin(frame)));
    return trace.recording().result(what, made);
  }

  private static void checkParts(String what, Made first, Made part, int dim) {
    Type a = first.value().type();
    Type b = part.value().type();
    boolean fits = a.rank() == b.rank() && a.sized(dim, 1).shape().equals(b.sized(dim, 1).shape());
    if (!fits) {
      throw first
          .trace()
          .mismatch(
              Mistake.SHAPES_DIFFER,
              "%s: shapes do not match: %s made at line %d, %s made at line %d; they may differ in dimension %d only"
                  .formatted(what, a, first.line(), b, part.line(), dim),
              first,
              part);
    }
    Operands.checkSame(first.trace(), what, first, part);
  }

  /// `a` and `b` as the two positions of a new last dimension.
  static Made join(Made a, Made b) {
    Operands.checkEqualShapes(a.trace(), "join", a, b);
    int rank = a.value().type().rank();
    return cat("join", List.of(unsqueeze(a, rank), unsqueeze(b, rank)), rank);
  }

  /// `a` and `b` taking turns along the last dimension.
  static Made interleave(Made a, Made b) {
    Operands.checkEqualShapes(a.trace(), "interleave", a, b);
    checkAxis("interleave", a, 0);
    List<Integer> shape = new ArrayList<>(a.value().type().shape());
    shape.add(2 * shape.removeLast());
    return reshape("interleave", join(a, b), array(shape));
  }

  /// Position `at` of the last dimension, which has two.
  static Made half(Made x, int at) {
    Type type = x.value().type();
    int last = type.rank() - 1;
    x.trace()
        .require(
            last >= 0 && type.shape().get(last) == 2,
            Mistake.NOT_ONE_POSITION,
            "split: the last dimension must be 2, got %s; reshape it to [..., 2] first",
            type);
    Made position = slice("split", x, last, at, 1);
    return reshape("split", position, array(type.without(last).shape()));
  }

  static int[] array(List<Integer> shape) {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }
}
