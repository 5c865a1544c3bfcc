package maia.npl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An array in HBM, as a hand-written program sees it.
public final class HbmArray {
  private final Program.ArrayParam param;

  HbmArray(Program.ArrayParam param) {
    this.param = param;
  }

  /// The array's name.
  public String name() {
    return param.name();
  }

  /// The size of dimension `dim`, known when the program runs.
  public Expr size(int dim) {
    return new Expr.Size(param.name(), dim);
  }

  /// `size` elements from `start` of an array of rank 1.
  public Place.Window at(long start, int size) {
    return at(Expr.of(start), size);
  }

  /// `size` elements from `start` of an array of rank 1.
  public Place.Window at(Expr start, int size) {
    return at(List.of(start), List.of(size));
  }

  /// The box of `rows` x `columns` whose first element is (`row`, `column`).
  public Place.Window at(long row, long column, int rows, int columns) {
    return at(Expr.of(row), Expr.of(column), rows, columns);
  }

  /// The box of `rows` x `columns` whose first element is (`row`, `column`).
  public Place.Window at(Expr row, Expr column, int rows, int columns) {
    return at(List.of(row, column), List.of(rows, columns));
  }

  /// The box with the given first indices and sizes, one per dimension.
  public Place.Window at(List<Expr> start, List<Integer> extent) {
    return window(start, extent, false);
  }

  /// As [#at(List, List)], with what lies beyond the array masked off.
  public Place.Window clipped(List<Expr> start, List<Integer> extent) {
    return window(start, extent, true);
  }

  private Place.Window window(List<Expr> start, List<Integer> extent, boolean clip) {
    var axes = new ArrayList<Place.Axis>();
    for (int d = 0; d < start.size(); d++) {
      Optional<Expr> low = clip ? Optional.of(Expr.ZERO) : Optional.empty();
      Optional<Expr> high = clip ? Optional.of(size(d)) : Optional.empty();
      axes.add(new Place.Axis(start.get(d), extent.get(d), 1, low, high, d));
    }
    return new Place.Window(param.name(), axes);
  }
}
