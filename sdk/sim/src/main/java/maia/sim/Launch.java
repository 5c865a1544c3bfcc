package maia.sim;

import java.util.List;
import maia.base.Check;
import maia.npl.Endless;
import maia.numerics.Array;

/// What a program runs on.
///
/// @param arrays one per array parameter, in order; for the elements of a block array the array
///   itself, for its scales its scales
/// @param scalars one per scalar parameter, in order
/// @param grid sizes of the program grid, at most three; empty is one program
/// @param options how to simulate
public record Launch(
    List<Array> arrays, List<? extends Number> scalars, List<Integer> grid, Options options) {
  public Launch {
    arrays = List.copyOf(arrays);
    scalars = List.copyOf(scalars);
    grid = List.copyOf(grid);
    Check.argument(
        grid.size() <= 3 && grid.stream().allMatch(g -> g > 0),
        "a grid has at most three positive sizes, was %s",
        grid);
    Check.argument(
        grid.stream().mapToDouble(g -> g).reduce(1, (a, b) -> a * b) <= Endless.PROGRAMS,
        "a grid has at most %d programs, was %s; give each program a larger block",
        Endless.PROGRAMS,
        grid);
  }

  /// A launch without scalars and grid, with default options.
  public static Launch of(List<? extends Array> arrays) {
    return new Launch(List.copyOf(arrays), List.of(), List.of(), Options.defaults());
  }

  /// This launch with other options.
  public Launch with(Options other) {
    return new Launch(arrays, scalars, grid, other);
  }

  /// Number of programs: the product of the grid sizes.
  public long programs() {
    long count = 1;
    for (int size : grid) {
      count = Math.multiplyExact(count, (long) size);
    }
    return count;
  }
}
