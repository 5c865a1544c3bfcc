package maia.kernel.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.base.Origin;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Term;
import maia.kernel.lower.Index.Bound;
import maia.npl.Expr;
import maia.npl.Expr.Operator;
import maia.npl.Place;
import org.jspecify.annotations.Nullable;

/// Turns indices and masks into the window of a DMA, where they have the form of one.
final class Windows {
  private final Index index;

  Windows(Index index) {
    this.index = index;
  }

  /// One access being described.
  private static final class Access {
    final Origin origin;
    final List<Integer> shape;
    final List<Place.Axis> axes = new ArrayList<>();

    /// Whether it is a window as far as it was looked at.
    boolean isWindow = true;

    Access(List<Integer> shape, Origin origin) {
      this.shape = shape;
      this.origin = origin;
    }

    List<Integer> wide(Affine a) {
      return a.dims().stream().filter(d -> shape.get(d) > 1).toList();
    }
  }

  /// The window that the elements of a tile of `shape` touch; empty when an index is data or no
  /// affine function of the position, when two indices run along one dimension, or when the mask is
  /// no box.
  Optional<Place.Window> find(
      String array, List<Term> indices, Optional<Term> mask, List<Integer> shape, Origin origin) {
    Access access = new Access(shape, origin);
    for (Term term : indices) {
      Optional<Place.Axis> axis = axis(term, shape, origin);
      axis.ifPresent(access.axes::add);
      access.isWindow &= axis.isPresent();
    }
    access.isWindow &= isCoveredOnce(access);
    if (access.isWindow) {
      mask.ifPresent(m -> apply(access, m));
    }
    return access.isWindow ? Optional.of(new Place.Window(array, access.axes)) : Optional.empty();
  }

  /// The axis of one index of an access to a tile of `shape`, when it runs along one dimension at
  /// most.
  Optional<Place.Axis> axis(Term term, List<Integer> shape, Origin origin) {
    return index.affine(term, origin).map(a -> a.padded(shape.size())).flatMap(a -> axis(a, shape));
  }

  /// `shape` with size 1 in the dimensions that neither an index nor the mask runs along.
  List<Integer> small(List<Term> indices, Optional<Term> mask, List<Integer> shape, Origin origin) {
    List<Affine> all = new ArrayList<>();
    boolean isKnown = true;
    for (Term term : indices) {
      Optional<Affine> affine = index.affine(term, origin);
      affine.map(a -> a.padded(shape.size())).ifPresent(all::add);
      isKnown &= affine.isPresent();
    }
    if (mask.isPresent()) {
      Optional<List<Bound>> bounds = index.bounds(mask.get(), origin);
      bounds.ifPresent(list -> list.forEach(b -> all.add(b.left().padded(shape.size()))));
      isKnown &= bounds.isPresent();
    }
    if (!isKnown) {
      return shape;
    }
    List<Integer> small = new ArrayList<>();
    for (int d = 0; d < shape.size(); d++) {
      int dim = d;
      small.add(all.stream().anyMatch(a -> a.dims().contains(dim)) ? shape.get(d) : 1);
    }
    return small;
  }

  private static Optional<Place.Axis> axis(Affine a, List<Integer> shape) {
    List<Integer> dims = a.dims().stream().filter(d -> shape.get(d) > 1).toList();
    if (dims.size() > 1) {
      return Optional.empty();
    }
    if (dims.isEmpty()) {
      // a dimension of size 1 that an index runs along still has its place in the box
      int along = a.dims().size() == 1 ? boxDim(shape, a.dims().getFirst()) : -1;
      return Optional.of(Place.Axis.of(a.base(), 1, along));
    }
    int d = dims.getFirst();
    return Optional.of(
        new Place.Axis(
            a.base(),
            shape.get(d),
            a.coefficients().get(d),
            Optional.empty(),
            Optional.empty(),
            boxDim(shape, d)));
  }

  private static int boxDim(List<Integer> shape, int d) {
    return d + Math.max(0, 2 - shape.size());
  }

  private static boolean isCoveredOnce(Access access) {
    for (int d = 0; d < access.shape.size(); d++) {
      int box = boxDim(access.shape, d);
      long runs = access.axes.stream().filter(a -> a.along() == box).count();
      if (runs > 1 || runs == 0 && access.shape.get(d) > 1) {
        return false;
      }
    }
    return true;
  }

  private void apply(Access access, Term mask) {
    Optional<List<Bound>> bounds = index.bounds(mask, access.origin);
    access.isWindow &= bounds.isPresent() && !access.axes.isEmpty();
    if (access.isWindow) {
      for (Bound bound : bounds.orElseThrow()) {
        apply(access, bound.map(a -> a.padded(access.shape.size())));
      }
    }
  }

  private static void apply(Access access, Bound bound) {
    List<Integer> dims = access.wide(bound.left());
    if (dims.isEmpty()) {
      applyScalar(access, bound);
      return;
    }
    int at = dims.size() > 1 ? -1 : axisAlong(access, boxDim(access.shape, dims.getFirst()));
    if (at < 0 || bound.op() == BinaryOp.NE) {
      access.isWindow = false;
      return;
    }
    long coefficient = bound.left().coefficients().get(dims.getFirst());
    Bound up = coefficient > 0 ? bound : bound.negated();
    access.axes.set(at, bounded(access.axes.get(at), up, Math.abs(coefficient)));
  }

  private static Place.Axis bounded(Place.Axis axis, Bound bound, long coefficient) {
    Expr limit = bound.bound();
    Expr next = limit.plus(Expr.ONE);
    return switch (bound.op()) {
      case LT -> before(axis, bound.left(), coefficient, limit);
      case LE -> before(axis, bound.left(), coefficient, next);
      case GE -> behind(axis, bound.left(), coefficient, limit);
      case GT -> behind(axis, bound.left(), coefficient, next);
      case EQ ->
          behind(before(axis, bound.left(), coefficient, next), bound.left(), coefficient, limit);
      case NE, ADD, SUB, MUL, DIV, REM, CDIV, MIN, MAX, AND, OR, XOR, SHL, SHR, USHR, UMULHI ->
          throw new IllegalStateException("bug in kernel.lower: bound with " + bound.op());
    };
  }

  /// The positions whose `left` is below `limit`.
  private static Place.Axis before(Place.Axis axis, Affine left, long coefficient, Expr limit) {
    Expr end = position(axis, left, coefficient, limit);
    return axis.step() > 0 ? below(axis, end) : from(axis, end.plus(Expr.ONE));
  }

  /// The positions whose `left` is at least `limit`.
  private static Place.Axis behind(Place.Axis axis, Affine left, long coefficient, Expr limit) {
    Expr first = position(axis, left, coefficient, limit);
    return axis.step() > 0 ? from(axis, first) : below(axis, first.plus(Expr.ONE));
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
    return -1;
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
    Expr end = axis.start().plus(holds.times(length));
    access.axes.set(0, axis.step() > 0 ? below(axis, end) : from(axis, end.plus(Expr.ONE)));
  }

  private static @Nullable Expr scalarEnd(Place.Axis axis, Bound bound) {
    boolean plain = axis.extent() == 1 && bound.op() == BinaryOp.LT;
    return plain && axis.start().equals(bound.left().base()) ? bound.bound() : null;
  }
}
