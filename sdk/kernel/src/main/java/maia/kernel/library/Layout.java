package maia.kernel.library;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import maia.base.Stop;
import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.ir.Mapping;
import maia.machine.Machine;

/// How a matrix product is laid over the chip: the rectangle of lanes a cluster uses, how many
/// programs share the rows and the columns, and the blocks they need (decision 023).
///
/// @param down lanes of a cluster that split rows
/// @param across lanes of a cluster that split columns
/// @param rows programs that share the rows, a multiple of `down`
/// @param columns programs that share the columns, a multiple of `across`
/// @param blocks the largest block of a program, its depth and stages
/// @param path how shared blocks come to the tiles
record Layout(int down, int across, int rows, int columns, Blocks blocks, Mapping.Path path) {
  /// Counts of superblocks that are tried beyond the fewest that fit into memory.
  private static final int MORE = 12;

  private static final int LARGEST_SIDE = 512;

  /// A layout that leaves the path to the compiler.
  Layout(int down, int across, int rows, int columns, Blocks blocks) {
    this(down, across, rows, columns, blocks, Mapping.Path.AUTO);
  }

  /// The launch of `kernel` with this layout.
  KernelLaunch launch(Kernel kernel) {
    Kernel shaped = blocks.apply(kernel).with("DOWN", down).with("ACROSS", across);
    Kernel mapped = path == Mapping.Path.AUTO ? shaped : shaped.with("PATH", path);
    return mapped.grid(rows, columns);
  }

  private Layout on(Mapping.Path chosen) {
    return new Layout(down, across, rows, columns, blocks, chosen);
  }

  /// The layout of `x [M,K] x w [N,K]^T` with the shortest modelled time; among equals the one with
  /// fewer programs. It says which way of its operands the model timed, because the compiler knows
  /// the sizes of blocks only and would judge otherwise.
  static Layout choose(Blocks.Problem p, Machine machine) {
    return choose(p, machine, new LayoutModel(p, machine));
  }

  /// The layout of `x [M,K] x w [K,N]` on a path.
  static Layout choose(Blocks.Problem p, Machine machine, Mapping.Path path) {
    return choose(p, machine, new LayoutModel(p, machine, path));
  }

  private static Layout choose(Blocks.Problem p, Machine machine, LayoutModel model) {
    Layout best =
        best(legal(p, machine), model)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "no block of a %dx%dx%d product fits into a tile of %s"
                        .formatted(p.m(), p.n(), p.k(), machine.name())));
    return best.on(model.pathOf(best));
  }

  /// The layout of `candidates` with the shortest modelled time; among equals the one with fewer
  /// programs.
  static Optional<Layout> best(List<Layout> candidates, LayoutModel model) {
    return shortest(candidates, model, 1).stream().map(Timed::layout).findFirst();
  }

  /// The `count` layouts of `candidates` with the shortest modelled times, the shortest first. What
  /// takes longer by its products alone, or by its smallest superblock, is not timed.
  static List<Timed> shortest(List<Layout> candidates, LayoutModel model, int count) {
    List<Timed> promising =
        candidates.stream()
            .map(layout -> new Timed(layout, model.products(layout)))
            .sorted(Comparator.comparingDouble(Timed::cycles))
            .toList();
    List<Timed> best = new ArrayList<>();
    for (Timed candidate : promising) {
      Stop.poll("layout search");
      double limit = best.size() < count ? Double.MAX_VALUE : best.getLast().cycles;
      if (candidate.cycles > limit) {
        break; // and so do all behind it
      }
      double cycles = model.cycles(candidate.layout, limit);
      if (cycles <= limit) {
        insert(best, new Timed(candidate.layout, cycles), count);
      }
    }
    return best;
  }

  /// Behind its equals; what is then too many falls off the end.
  private static void insert(List<Timed> sorted, Timed timed, int count) {
    int place = 0;
    while (place < sorted.size() && ORDER.compare(sorted.get(place), timed) <= 0) {
      place++;
    }
    sorted.add(place, timed);
    if (sorted.size() > count) {
      sorted.removeLast();
    }
  }

  /// Every layout whose buffers fit into tile memory.
  static List<Layout> legal(Blocks.Problem p, Machine machine) {
    List<Layout> layouts = new ArrayList<>();
    Map<Sides, List<Blocks>> fitting = new HashMap<>();
    for (int down = 1; down <= machine.tilesPerCluster(); down++) {
      int across = machine.tilesPerCluster() / down;
      if (machine.tilesPerCluster() / across == down) {
        candidates(
            p,
            down,
            across,
            sides ->
                fitting.computeIfAbsent(sides, s -> Blocks.fitting(s.rows, s.columns, p, machine)),
            layouts);
      }
    }
    return layouts;
  }

  /// A layout and its modelled time.
  record Timed(Layout layout, double cycles) {}

  private static final Comparator<Timed> ORDER =
      Comparator.comparingDouble(Timed::cycles)
          .thenComparing(t -> t.layout().rows * t.layout().columns)
          .thenComparing(t -> t.layout().down);

  /// The sides of a block.
  private record Sides(int rows, int columns) {}

  private static void candidates(
      Blocks.Problem p,
      int down,
      int across,
      Function<Sides, List<Blocks>> fitting,
      List<Layout> into) {
    for (int rows : programs(p.m(), down, unitOfRows(p))) {
      for (int columns : programs(p.n(), across, unitOfColumns(p))) {
        int bm = side(p.m(), rows, down, unitOfRows(p));
        int bn = side(p.n(), columns, across, unitOfColumns(p));
        for (Blocks blocks : fitting.apply(new Sides(bm, bn))) {
          into.add(new Layout(down, across, rows, columns, blocks));
        }
      }
    }
  }

  static int unitOfRows(Blocks.Problem p) {
    return p.m() > 16 ? 32 : 16;
  }

  static int unitOfColumns(Blocks.Problem p) {
    return Math.max(p.n() > 16 ? 32 : 16, p.smallestColumns());
  }

  /// Counts of programs to try along a dimension.
  private static List<Integer> programs(long size, int lanes, int unit) {
    long units = Math.ceilDiv(size, (long) lanes * unit);
    long fewest = Math.ceilDiv(units, LARGEST_SIDE / unit);
    List<Integer> all = new ArrayList<>();
    for (long groups = fewest; groups <= Math.min(units, fewest + MORE); groups++) {
      all.add(Math.toIntExact(groups * lanes));
    }
    return all;
  }

  private static int side(long size, int programs, int lanes, int unit) {
    return Math.max(unit, Kernel.nextPow2(Span.largest(size, programs, lanes, unit)));
  }

  /// How many units of its dimension each group of lanes gets, as [Span] deals them.
  static int[] groups(long size, int programs, int lanes, int unit) {
    long units = Math.ceilDiv(size, (long) lanes * unit);
    int count = programs / lanes;
    int[] groups = new int[count];
    for (int g = 0; g < count; g++) {
      groups[g] = (int) ((g + 1) * units / count - g * units / count);
    }
    return groups;
  }
}
