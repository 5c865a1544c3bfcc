package maia.npl;

import java.util.Set;

/// Names of registers every queue can read.
public final class Builtin {
  /// The index of the executing tile among the tiles of the launch, 0-based.
  public static final String TILE = "tile";

  /// The number of tiles of the launch.
  public static final String TILES = "tiles";

  /// The index of the executing tile in its cluster.
  public static final String LANE = "lane";

  /// The number of tiles of the executing cluster that take part.
  public static final String LANES = "lanes";

  /// The index of the executing cluster.
  public static final String CLUSTER = "cluster";

  /// The number of programs of the launch: the product of the grid sizes.
  public static final String PROGRAMS = "programs";

  /// The grid size in dimension `dim`, as `grid0`, `grid1`, `grid2`.
  public static String grid(int dim) {
    return "grid" + dim;
  }

  /// By convention the loop variable that runs over the programs of a tile; checks between programs
  /// and traces read it.
  public static final String PROGRAM = "program";

  /// All of them; a program cannot write these.
  static final Set<String> ALL =
      Set.of(TILE, TILES, LANE, LANES, CLUSTER, PROGRAMS, grid(0), grid(1), grid(2));

  private Builtin() {}
}
