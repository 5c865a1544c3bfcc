package maia.kernel.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import maia.npl.Expr;
import maia.npl.Expr.Operator;

/// An integer tile whose value at position (i0, i1, ...) is `base + sum of coefficient[d] * i[d]`.
///
/// @param base the value at the origin
/// @param coefficients one per dimension of the tile
record Affine(Expr base, List<Long> coefficients) {
  Affine {
    coefficients = List.copyOf(coefficients);
  }

  static Affine scalar(Expr base) {
    return new Affine(base, List.of());
  }

  boolean isUniform() {
    return coefficients.stream().allMatch(c -> c == 0);
  }

  /// The dimensions along which the value changes.
  List<Integer> dims() {
    List<Integer> dims = new ArrayList<>();
    for (int d = 0; d < coefficients.size(); d++) {
      if (coefficients.get(d) != 0) {
        dims.add(d);
      }
    }
    return dims;
  }

  /// This with leading dimensions added, up to `rank`.
  Affine padded(int rank) {
    List<Long> all = new ArrayList<>(Collections.nCopies(rank - coefficients.size(), 0L));
    all.addAll(coefficients);
    return new Affine(base, all);
  }

  Affine plus(Affine other, int rank, int sign) {
    Affine a = padded(rank);
    Affine b = other.padded(rank);
    List<Long> sums = new ArrayList<>();
    for (int d = 0; d < rank; d++) {
      sums.add(a.coefficients.get(d) + sign * b.coefficients.get(d));
    }
    return new Affine(Expr.binary(sign > 0 ? Operator.ADD : Operator.SUB, base, other.base), sums);
  }

  Affine times(long factor) {
    return new Affine(
        base.times(Expr.of(factor)), coefficients.stream().map(c -> c * factor).toList());
  }

  Affine inserted(int dim) {
    List<Long> all = new ArrayList<>(coefficients);
    all.add(dim, 0L);
    return new Affine(base, all);
  }

  Affine permuted(List<Integer> order) {
    return new Affine(base, order.stream().map(coefficients::get).toList());
  }

  /// This read from the other end of a dimension of `size`.
  Affine flipped(int dim, int size) {
    List<Long> all = new ArrayList<>(coefficients);
    all.set(dim, -coefficients.get(dim));
    return new Affine(base.plus(coefficients.get(dim) * (size - 1L)), all);
  }

  /// This from position `start` of a dimension on.
  Affine moved(int dim, int start) {
    return new Affine(base.plus(coefficients.get(dim) * start), coefficients);
  }

  Affine negated() {
    return times(-1);
  }

  Affine transposed() {
    List<Long> all = new ArrayList<>(coefficients);
    Collections.swap(all, all.size() - 2, all.size() - 1);
    return new Affine(base, all);
  }
}
