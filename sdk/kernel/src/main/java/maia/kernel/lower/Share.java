package maia.kernel.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import maia.base.Origin;
import maia.npl.Expr;
import maia.npl.Instr;
import maia.npl.Place;
import maia.npl.Program.Scope;
import maia.npl.Program.Semaphore;
import maia.npl.SemaphoreRef;
import maia.npl.Space;

/// Blocks that the cluster DMA loads once for all lanes that read them: a slot of cluster memory
/// per turn and part, where lanes that agree in `dims` have the same part. Every lane has its own
/// pair of semaphores per turn, because counts that lanes shared could be taken by the wrong one.
final class Share {
  /// One array of the share.
  ///
  /// @param name the buffer in cluster memory
  /// @param like the tile's buffer, of the same type and box
  /// @param window what a program reads
  /// @param fill what stands for masked-off elements
  record Panel(String name, Buf like, Place.Window window, float fill, Origin origin) {}

  final Section home;
  final Set<Integer> dims;
  final Node.Queue reader;
  private final GridMap map;
  private final List<Panel> panels = new ArrayList<>();
  private int turns;

  Share(Section home, Set<Integer> dims, Node.Queue reader, GridMap map) {
    this.home = home;
    this.dims = dims;
    this.reader = reader;
    this.map = map;
  }

  List<Panel> panels() {
    return panels;
  }

  int parts() {
    return (dims.contains(0) ? map.down() : 1) * (dims.contains(1) ? map.across() : 1);
  }

  int lanes() {
    return map.down() * map.across();
  }

  /// How many iterations cluster memory holds.
  int turns() {
    return turns;
  }

  void turns(int count) {
    turns = count;
  }

  /// The register that counts the iterations of the loop, modulo [#turns].
  String turn() {
    return turn(home);
  }

  static String turn(Section section) {
    return "turn" + section.id();
  }

  long turnBytes() {
    return panels.stream().mapToLong(p -> parts() * p.like().slotBytes()).sum();
  }

  /// The part that lane `%lane` reads.
  Expr ownPart() {
    Expr lane = Expr.reg(maia.npl.Builtin.LANE);
    if (dims.contains(0) && dims.contains(1)) {
      return lane;
    }
    return dims.contains(0)
        ? lane.rem(map.down())
        : dims.contains(1) ? lane.div(map.down()) : Expr.ZERO;
  }

  /// Lanes that read part `part`.
  List<Integer> readers(int part) {
    List<Integer> lanes = new ArrayList<>();
    for (int lane = 0; lane < lanes(); lane++) {
      if (partOf(lane) == part) {
        lanes.add(lane);
      }
    }
    return lanes;
  }

  private int partOf(int lane) {
    if (dims.contains(0) && dims.contains(1)) {
      return lane;
    }
    return dims.contains(0) ? lane % map.down() : dims.contains(1) ? lane / map.down() : 0;
  }

  /// Where part `part` stands along grid dimension `dim`, counted in lanes.
  int offset(int part, int dim) {
    if (dims.contains(0) && dims.contains(1)) {
      return dim == 0 ? part % map.down() : part / map.down();
    }
    return part;
  }

  /// Part `part` of the current turn.
  Place.Region region(Panel panel, Expr part) {
    Expr slot = Expr.reg(turn()).times(parts()).plus(part);
    List<Integer> box = panel.like().box;
    return new Place.Region(
        panel.name(),
        maia.npl.Home.OWN,
        slot,
        java.util.Collections.nCopies(box.size(), Expr.ZERO),
        box,
        panel.like().limits,
        false);
  }

  private String staged() {
    return panels.getFirst().name() + "_full";
  }

  private String taken() {
    return panels.getFirst().name() + "_free";
  }

  /// Says that a part is there, or waits for it.
  SemaphoreRef full(Expr lane) {
    return SemaphoreRef.of(staged(), lane.times(turns).plus(Expr.reg(turn())));
  }

  /// Says that a lane has taken its part, or waits for that.
  SemaphoreRef free(Expr lane) {
    return SemaphoreRef.of(taken(), lane.times(turns).plus(Expr.reg(turn())));
  }

  List<Semaphore> semaphores() {
    int count = lanes() * turns;
    return List.of(
        new Semaphore(staged(), Scope.CLUSTER, count, 0, 1),
        new Semaphore(taken(), Scope.CLUSTER, count, 1, 1));
  }

  List<maia.npl.Program.Buffer> buffers() {
    return panels.stream()
        .map(p ->
            new maia.npl.Program.Buffer(
                p.name(), Space.CSRAM, p.like().dtype, turns * parts(), p.like().box))
        .toList();
  }

  /// The tile's copy out of cluster memory.
  Instr take(Panel panel, Place.Region to) {
    return new Instr.Copy(region(panel, ownPart()), to, 0f, panel.origin());
  }
}
