package maia.kernel.lower;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import maia.kernel.ir.Func;
import maia.kernel.ir.Mapping;
import maia.kernel.ir.Op;
import maia.machine.Machine;

/// How the programs of a grid are laid over the chip (decision 022).
///
/// @param down lanes of a cluster along grid dimension 0; 0 when programs are dealt to tiles one by
///   one, in order
/// @param across lanes of a cluster along grid dimension 1, or 0
/// @param staged grid dimensions of the loads that go through cluster memory: every load of a loop
///   that depends on exactly one of these sets
/// @param kept the grid dimension whose blocks stay in cluster memory while a cluster goes along
///   the other one, or -1
public record GridMap(int down, int across, Set<Set<Integer>> staged, int kept) {
  /// Programs are dealt to tiles in order, every tile loads for itself.
  public static final GridMap FLAT = new GridMap(0, 0, Set.of());

  /// Staging has to win by this much, because it costs semaphores and cluster memory.
  private static final double WORTH = 0.98;

  public GridMap {
    staged = Set.copyOf(staged);
  }

  /// A mapping that keeps nothing.
  public GridMap(int down, int across, Set<Set<Integer>> staged) {
    this(down, across, staged, -1);
  }

  /// This mapping when nothing can be kept.
  GridMap keepingNothing() {
    return new GridMap(down, across, staged);
  }

  /// Whether clusters take rectangles of programs.
  boolean isRectangle() {
    return down > 0;
  }

  /// The mapping of `func`, for launches on `grid` where it is known, else for large grids.
  public static GridMap choose(Func func, Machine machine, Optional<List<Integer>> grid) {
    Sharing sharing = Sharing.of(func);
    Mapping wanted = func.mapping();
    if (sharing.gridDims().stream().allMatch(dim -> dim == 0)) {
      return FLAT;
    }
    List<Candidate> candidates = new ArrayList<>();
    if (!wanted.hasLanes() && !wanted.path().isStaged()) {
      double time = new Candidate(FLAT, 0).staging(machine).time(sharing, Set.of());
      candidates.add(new Candidate(FLAT, WORTH * time * flatRounds(machine, grid)));
    }
    for (GridMap rectangle : rectangles(wanted, machine)) {
      candidates.add(rectangle.best(sharing, wanted.path(), machine, grid));
    }
    return candidates.stream()
        .min(
            Comparator.comparingDouble(Candidate::time)
                .thenComparing(c -> c.map().staged().size())
                .thenComparing(c -> Math.abs(c.map().down() - c.map().across()))
                .thenComparing(c -> c.map().across()))
        .map(c -> c.map().staged().isEmpty() && !wanted.hasLanes() ? FLAT : c.map())
        .orElse(FLAT);
  }

  /// A mapping and its modelled time.
  private record Candidate(GridMap map, double time) {
    private Staging staging(Machine machine) {
      int lanes = machine.tilesPerCluster();
      return new Staging(
          map.isRectangle()
              ? new StagingModel(machine, map.down(), map.across())
              : new StagingModel(machine, lanes, 1));
    }
  }

  /// The time of all loops for a choice of staged loads.
  private record Staging(StagingModel model) {
    private double time(Sharing sharing, Set<Set<Integer>> staged) {
      double time = 0;
      for (Sharing.Loop loop : sharing.loops()) {
        time += model.cycles(loop, loads(loop, staged).keySet());
      }
      return time;
    }
  }

  private static Map<Op.Load, Set<Integer>> loads(Sharing.Loop loop, Set<Set<Integer>> staged) {
    Map<Op.Load, Set<Integer>> chosen = new HashMap<>();
    loop.shared()
        .forEach((load, dims) -> {
          if (staged.contains(dims)) {
            chosen.put(load, dims);
          }
        });
    return chosen;
  }

  /// The loads of `func` that go through cluster memory, with the dimensions they depend on.
  Map<Op.Load, Set<Integer>> stagedLoads(Func func) {
    Map<Op.Load, Set<Integer>> all = new HashMap<>();
    if (!staged.isEmpty()) {
      Sharing.of(func).loops().forEach(loop -> all.putAll(loads(loop, staged)));
    }
    return all;
  }

  private Candidate best(
      Sharing sharing, Mapping.Path path, Machine machine, Optional<List<Integer>> grid) {
    Staging staging = new Candidate(this, 0).staging(machine);
    double rounds = rounds(machine, grid);
    Candidate best = null;
    for (Set<Set<Integer>> choice : choices(sharing, path, machine.tilesPerCluster())) {
      double worth = choice.isEmpty() ? WORTH : 1;
      double time = worth * rounds * staging.time(sharing, choice);
      if (best == null || time < best.time()) {
        best = new Candidate(new GridMap(down, across, choice, path.kept()), time);
      }
    }
    return java.util.Objects.requireNonNull(best);
  }

  /// The sets of loads to weigh against each other.
  private static List<Set<Set<Integer>>> choices(Sharing sharing, Mapping.Path path, int lanes) {
    Set<Set<Integer>> kinds = new LinkedHashSet<>();
    sharing.loops().forEach(loop -> kinds.addAll(loop.shared().values()));
    if (path.isStaged()) {
      return List.of(kinds);
    }
    List<Set<Set<Integer>>> choices = new ArrayList<>(List.of(Set.of()));
    if (path == Mapping.Path.DIRECT || lanes == 1) {
      return choices;
    }
    kinds.removeIf(dims -> dims.containsAll(Set.of(0, 1)));
    for (Set<Integer> kind : kinds) {
      for (Set<Set<Integer>> known : List.copyOf(choices)) {
        Set<Set<Integer>> more = new LinkedHashSet<>(known);
        more.add(kind);
        choices.add(more);
      }
    }
    return choices;
  }

  private static List<GridMap> rectangles(Mapping wanted, Machine machine) {
    int lanes = machine.tilesPerCluster();
    if (wanted.hasLanes()) {
      return List.of(new GridMap(wanted.down(), wanted.across(), Set.of()));
    }
    List<GridMap> all = new ArrayList<>();
    for (int down = 1; down <= lanes; down++) {
      all.add(new GridMap(down, lanes / down, Set.of()));
    }
    return all;
  }

  private double rounds(Machine machine, Optional<List<Integer>> grid) {
    if (grid.isEmpty()) {
      return (double) machine.tilesPerCluster() / (down * across);
    }
    long supers =
        (long) Math.ceilDiv(size(grid.get(), 0), down)
            * Math.ceilDiv(size(grid.get(), 1), across)
            * size(grid.get(), 2);
    return Math.ceilDiv(supers, machine.clusters());
  }

  private static double flatRounds(Machine machine, Optional<List<Integer>> grid) {
    long programs = grid.map(g -> (long) size(g, 0) * size(g, 1) * size(g, 2)).orElse(1L);
    return Math.ceilDiv(programs, machine.tiles());
  }

  private static int size(List<Integer> grid, int dim) {
    return dim < grid.size() ? grid.get(dim) : 1;
  }

  /// The mapping as text that is the same in every process.
  public String key() {
    List<String> sets = new ArrayList<>();
    staged.forEach(dims -> sets.add(new TreeSet<>(dims).toString()));
    sets.sort(Comparator.naturalOrder());
    return down + "x" + across + " " + sets + (kept < 0 ? "" : " keeps " + kept);
  }

  /// The mapping in a sentence.
  public String describe(Machine machine) {
    if (!isRectangle()) {
      return "program p runs on tile p %% %d; every tile loads for itself"
          .formatted(machine.tiles());
    }
    return "a cluster takes %d x %d programs (lanes along grid 0 x grid 1), superblocks %s, %s"
        .formatted(
            down,
            across,
            walk(machine),
            staged.isEmpty()
                ? "every tile loads for itself"
                : "the cluster DMA loads what lanes share, once for all of them");
  }

  private String walk(Machine machine) {
    return switch (kept) {
      case 0 -> "along the rows, whose blocks stay in cluster memory where all of a row fit";
      case 1 -> "along the columns, whose blocks stay in cluster memory where all of a column fit";
      default -> "in columns of " + machine.clusters();
    };
  }
}
