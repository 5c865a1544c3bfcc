package maia.kernel.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import maia.base.Check;
import maia.base.Origin;
import maia.npl.Builtin;
import maia.npl.Expr;
import maia.npl.Home;
import maia.npl.Instr;
import maia.npl.Place;
import maia.npl.Program.Buffer;
import maia.npl.Program.Scope;
import maia.npl.Program.Semaphore;
import maia.npl.SemaphoreRef;
import maia.npl.Space;
import org.jspecify.annotations.Nullable;

/// Blocks that the cluster DMA loads once for all lanes that read them; lanes that agree in `dims`
/// have the same part. They go to a slot of cluster memory per turn and part, from which tiles take
/// their own, or, when [#isPushed], into the tiles themselves, one copy to all readers. Every lane
/// has its own pair of semaphores per turn, because counts that lanes shared could be taken by the
/// wrong one.
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
  private final boolean isPushed;
  private final @Nullable Kept kept;
  private final List<Panel> panels = new ArrayList<>();
  private int turns;

  Share(Section home, Set<Integer> dims, Node.Queue reader, GridMap map, boolean isPushed) {
    this(home, dims, reader, map, isPushed, 0);
  }

  /// One whose blocks stay in cluster memory, loaded by `channels` channels.
  static Share kept(Section home, Set<Integer> dims, Node.Queue reader, GridMap map, int channels) {
    return new Share(home, dims, reader, map, false, channels);
  }

  private Share(
      Section home,
      Set<Integer> dims,
      Node.Queue reader,
      GridMap map,
      boolean isPushed,
      int channels) {
    this.isPushed = isPushed;
    this.kept = channels > 0 ? new Kept(this, channels) : null;
    this.home = home;
    this.dims = dims;
    this.reader = reader;
    this.map = map;
  }

  List<Panel> panels() {
    return panels;
  }

  /// Whether the cluster writes tile memory; then `reader` is the queue that uses the blocks, else
  /// the DMA queue that takes them.
  boolean isPushed() {
    return isPushed;
  }

  /// Whether blocks stay from one superblock to the next.
  boolean isKept() {
    return kept != null;
  }

  /// How they stay, where they do.
  Kept kept() {
    return Check.present(kept, "Share", home.id());
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
    return (isPushed ? "fill" : kept != null ? "ring" : "turn") + home.id();
  }

  long turnBytes() {
    return panels.stream().mapToLong(p -> parts() * p.like().slotBytes()).sum();
  }

  /// The part that lane `%lane` reads.
  Expr ownPart() {
    Expr lane = Expr.reg(Builtin.LANE);
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

  /// The tiles that read part `part`.
  Home homes(int part) {
    if (dims.contains(0) && dims.contains(1)) {
      return Home.lane(Expr.of(part));
    }
    if (dims.contains(0)) {
      return new Home.Lanes(Expr.of(part), Expr.of(map.across()), Expr.of(map.down()));
    }
    return dims.contains(1)
        ? Home.lanes(Expr.of((long) part * map.down()), Expr.of(map.down()))
        : Home.lanes(Expr.ZERO, Expr.of(lanes()));
  }

  /// Where the cluster loads part `part`.
  Place.Region target(Panel panel, int part) {
    return isPushed ? panel.like().region(false).on(homes(part)) : region(panel, Expr.of(part));
  }

  /// The signals that say that part `part` is there.
  List<SemaphoreRef> filled(int part) {
    return isPushed
        ? List.of(new SemaphoreRef(staged(), Expr.reg(turn()), homes(part)))
        : readers(part).stream().map(lane -> full(Expr.of(lane))).toList();
  }

  /// Part `part` of the current turn.
  Place.Region region(Panel panel, Expr part) {
    Expr slot = Expr.reg(turn()).times(parts()).plus(part);
    List<Integer> box = panel.like().box;
    return new Place.Region(
        panel.name(),
        Home.OWN,
        slot,
        Collections.nCopies(box.size(), Expr.ZERO),
        box,
        panel.like().limits,
        false);
  }

  /// The semaphores that say that blocks are there.
  String filledName() {
    return staged();
  }

  /// The semaphores that say that slots are free.
  String freedName() {
    return taken();
  }

  private String staged() {
    return panels.getFirst().name() + "_full";
  }

  private String taken() {
    return panels.getFirst().name() + "_free";
  }

  /// What a lane waits for before it reads its part.
  SemaphoreRef full(Expr lane) {
    return isPushed
        ? SemaphoreRef.of(staged(), Expr.reg(turn()))
        : SemaphoreRef.of(staged(), lane.times(turns).plus(Expr.reg(turn())));
  }

  /// Says that a lane has taken its part, or waits for that.
  SemaphoreRef free(Expr lane) {
    return SemaphoreRef.of(taken(), lane.times(turns).plus(Expr.reg(turn())));
  }

  List<Semaphore> semaphores() {
    if (kept != null) {
      return kept.semaphores();
    }
    int count = lanes() * turns;
    return List.of(
        isPushed
            ? new Semaphore(staged(), Scope.TILE, turns, 0, 1)
            : new Semaphore(staged(), Scope.CLUSTER, count, 0, 1),
        new Semaphore(taken(), Scope.CLUSTER, count, 1, 1));
  }

  List<Buffer> buffers() {
    if (isPushed) {
      return List.of();
    }
    return panels.stream()
        .map(p -> new Buffer(p.name(), Space.CSRAM, p.like().dtype, turns * parts(), p.like().box))
        .toList();
  }

  /// The tile's copy out of cluster memory.
  Instr take(Panel panel, Place.Region to) {
    return new Instr.Copy(region(panel, ownPart()), to, 0f, panel.origin());
  }
}
