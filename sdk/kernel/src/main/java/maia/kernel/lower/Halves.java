package maia.kernel.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import maia.npl.Expr;
import maia.npl.Expr.Operator;
import maia.npl.Place;

/// A load cut in two along one dimension, so that two DMA channels share it.
record Halves(int dim) {
  /// The first dimension that can be cut: even, and filled by one axis of the window.
  static OptionalInt dimOf(Place.Window window, List<Integer> box) {
    for (int d = 0; d < box.size(); d++) {
      int dim = d;
      boolean isEven = box.get(d) > 1 && box.get(d) % 2 == 0;
      if (isEven && window.axes().stream().anyMatch(axis -> axis.along() == dim)) {
        return OptionalInt.of(d);
      }
    }
    return OptionalInt.empty();
  }

  /// How many positions lie before the cut: half of what the box or its limit leaves. A limit is
  /// what is left of the array, so it may be negative or beyond the box.
  private Expr first(Place.Region whole) {
    Expr half = Expr.of(whole.extent().get(dim) / 2);
    Optional<Expr> limit = limit(whole);
    if (limit.isEmpty()) {
      return half;
    }
    Expr ofLimit = Expr.binary(Operator.CDIV, limit.get(), Expr.of(2));
    return Expr.binary(Operator.MAX, Expr.ZERO, Expr.binary(Operator.MIN, half, ofLimit));
  }

  private Optional<Expr> limit(Place.Region whole) {
    return whole.limits().isEmpty() ? Optional.empty() : whole.limits().get(dim);
  }

  /// Half 0 or 1 of a box.
  Place.Region region(Place.Region whole, int half) {
    List<Expr> start = new ArrayList<>(whole.start());
    List<Integer> extent = new ArrayList<>(whole.extent());
    extent.set(dim, extent.get(dim) / 2);
    List<Optional<Expr>> limits = new ArrayList<>(whole.limits());
    Expr first = first(whole);
    if (half == 1) {
      start.set(dim, start.get(dim).plus(first));
    }
    limit(whole)
        .ifPresent(limit -> limits.set(dim, Optional.of(half == 0 ? first : limit.minus(first))));
    return new Place.Region(
        whole.buffer(), whole.home(), whole.slot(), start, extent, limits, whole.transposed());
  }

  /// Half 0 or 1 of the window that fills `whole`.
  Place.Window window(Place.Window window, Place.Region whole, int half) {
    Expr first = first(whole);
    List<Place.Axis> axes =
        window.axes().stream()
            .map(axis ->
                axis.along() != dim
                    ? axis
                    : new Place.Axis(
                        half == 0 ? axis.start() : axis.start().plus(first.times(axis.step())),
                        axis.extent() / 2,
                        axis.step(),
                        axis.low(),
                        axis.high(),
                        axis.along()))
            .toList();
    return new Place.Window(window.array(), axes);
  }
}
