package maia.kernel.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.base.Origin;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.lower.Index.Bound;
import maia.npl.Expr;
import maia.npl.Expr.Operator;
import maia.npl.Place;
import org.jspecify.annotations.Nullable;

/// Turns indices and masks into the window of a DMA.
final class Windows {
  private final Index index;

  Windows(Index index) {
    this.index = index;
  }

  /// One access being described.
  private static final class Access {
    final String what;
    final String array;
    final Origin origin;
    final List<Integer> shape;
    final List<Affine> affine = new ArrayList<>();
    final List<Place.Axis> axes = new ArrayList<>();

    Access(String what, String array, Origin origin, List<Integer> shape) {
      this.what = what;
      this.array = array;
      this.origin = origin;
      this.shape = shape;
    }

    KernelException refuse(String format, Object... values) {
      return new KernelException(
          Mistake.NOT_A_COPY,
          "%s of '%s': %s".formatted(what, array, format.formatted(values)),
          origin);
    }
  }

  /// The window that the elements of a tile of `shape` touch.
  Place.Window window(
      String what,
      String array,
      List<Term> indices,
      Optional<Term> mask,
      List<Integer> shape,
      Origin origin) {
    Access access = new Access(what, array, origin, shape);
    for (Term term : indices) {
      access.affine.add(
          index
              .affine(term, origin)
              .map(a -> a.padded(shape.size()))
              .orElseThrow(() ->
                  access.refuse(
                      "gather is not built: the index %s is not a sum of scalars and constant multiples of arange",
                      term.type())));
    }
    access.affine.forEach(a -> access.axes.add(axis(access, a)));
    checkCovered(access);
    mask.ifPresent(m -> apply(access, m));
    return new Place.Window(array, access.axes);
  }

  private static Place.Axis axis(Access access, Affine a) {
    List<Integer> dims = a.dims().stream().filter(d -> access.shape.get(d) > 1).toList();
    if (dims.isEmpty()) {
      return Place.Axis.of(a.base(), 1, single(access, a));
    }
    if (dims.size() > 1) {
      throw access.refuse("gather is not built: one index runs along two dimensions of the tile");
    }
    int d = dims.getFirst();
    long step = a.coefficients().get(d);
    if (step < 0) {
      throw access.refuse("reversed access is not built: the index runs backwards");
    }
    return new Place.Axis(
        a.base(), access.shape.get(d), step, Optional.empty(), Optional.empty(), boxDim(access, d));
  }

  /// A tile dimension of size 1 that an index runs along still has its place in the box.
  private static int single(Access access, Affine a) {
    return a.dims().size() == 1 ? boxDim(access, a.dims().getFirst()) : -1;
  }

  private static int boxDim(Access access, int d) {
    return d + Math.max(0, 2 - access.shape.size());
  }

  private static void checkCovered(Access access) {
    for (int d = 0; d < access.shape.size(); d++) {
      int box = boxDim(access, d);
      long runs = access.axes.stream().filter(a -> a.along() == box).count();
      if (runs > 1) {
        throw access.refuse("gather is not built: two indices run along dimension %d", d);
      }
      if (runs == 0 && access.shape.get(d) > 1) {
        throw access.refuse(
            "no index runs along dimension %d of the %s tile; load less and stretch the result",
            d, Type.sizes(access.shape));
      }
    }
  }

  private void apply(Access access, Term mask) {
    List<Bound> bounds =
        index
            .bounds(mask, access.origin)
            .orElseThrow(() ->
                access.refuse(
                    "this mask is not built: it must be comparisons of indices with scalars, joined by and"));
    for (Bound bound : bounds) {
      apply(access, bound.map(a -> a.padded(access.shape.size())));
    }
  }

  private static void apply(Access access, Bound bound) {
    List<Integer> dims = bound.left().dims().stream().filter(d -> access.shape.get(d) > 1).toList();
    if (dims.size() > 1) {
      throw access.refuse(
          "this mask is not built: one comparison runs along two dimensions; load without it and use where(...)");
    }
    if (dims.isEmpty()) {
      applyScalar(access, bound);
      return;
    }
    int d = dims.getFirst();
    long coefficient = bound.left().coefficients().get(d);
    if (coefficient < 0 || bound.op() == BinaryOp.NE) {
      throw access.refuse(
          "this mask is not built: write the comparison as index.lt(end) or index.ge(start)");
    }
    int at = axisAlong(access, boxDim(access, d));
    Place.Axis axis = access.axes.get(at);
    Expr limit = bound.bound();
    access.axes.set(
        at,
        switch (bound.op()) {
          case LT -> below(axis, position(axis, bound.left(), coefficient, limit));
          case LE -> below(axis, position(axis, bound.left(), coefficient, limit.plus(Expr.ONE)));
          case GE -> from(axis, position(axis, bound.left(), coefficient, limit));
          case GT -> from(axis, position(axis, bound.left(), coefficient, limit.plus(Expr.ONE)));
          case EQ ->
              from(
                  below(axis, position(axis, bound.left(), coefficient, limit.plus(Expr.ONE))),
                  position(axis, bound.left(), coefficient, limit));
          case NE, ADD, SUB, MUL, DIV, REM, CDIV, MIN, MAX, AND, OR, XOR, SHL, SHR, USHR, UMULHI ->
              throw new IllegalStateException("bug in kernel.lower: bound with " + bound.op());
        });
  }

  /// The array index at the first position whose `left` is at least `limit`.
  private static Expr position(Place.Axis axis, Affine left, long coefficient, Expr limit) {
    if (left.base().equals(axis.start()) && coefficient == axis.step()) {
      return limit;
    }
    Expr count =
        Expr.binary(
            Operator.CDIV, Expr.binary(Operator.SUB, limit, left.base()), Expr.of(coefficient));
    return axis.start().plus(count.times(Expr.of(axis.step())));
  }

  private static int axisAlong(Access access, int box) {
    for (int i = 0; i < access.axes.size(); i++) {
      if (access.axes.get(i).along() == box) {
        return i;
      }
    }
    throw access.refuse("the mask runs along a dimension that no index runs along");
  }

  private static Place.Axis below(Place.Axis axis, Expr high) {
    Expr both = axis.high().map(old -> Expr.binary(Operator.MIN, old, high)).orElse(high);
    return new Place.Axis(
        axis.start(), axis.extent(), axis.step(), axis.low(), Optional.of(both), axis.along());
  }

  private static Place.Axis from(Place.Axis axis, Expr low) {
    Expr both = axis.low().map(old -> Expr.binary(Operator.MAX, old, low)).orElse(low);
    return new Place.Axis(
        axis.start(), axis.extent(), axis.step(), Optional.of(both), axis.high(), axis.along());
  }

  /// A condition on the whole access moves the end of one axis to its start.
  private static void applyScalar(Access access, Bound bound) {
    Expr holds =
        Expr.binary(Operator.valueOf(bound.op().name()), bound.left().base(), bound.bound());
    for (int i = 0; i < access.axes.size(); i++) {
      Place.Axis axis = access.axes.get(i);
      Expr direct = scalarEnd(axis, bound);
      if (direct != null) {
        access.axes.set(i, below(axis, direct));
        return;
      }
    }
    Place.Axis axis = access.axes.getFirst();
    Expr length = Expr.of(axis.extent() * axis.step());
    access.axes.set(0, below(axis, axis.start().plus(holds.times(length))));
  }

  private static @Nullable Expr scalarEnd(Place.Axis axis, Bound bound) {
    boolean plain = axis.extent() == 1 && bound.op() == BinaryOp.LT;
    return plain && axis.start().equals(bound.left().base()) ? bound.bound() : null;
  }
}
