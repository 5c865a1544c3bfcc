package maia.npl;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.base.Origin;
import maia.machine.Machine;
import maia.npl.NplException.Category;
import maia.numerics.DType;

/// Checks what can be known of a program before it runs: names, shapes, types, engines, capacity.
public final class Verifier {
  private final Machine machine;
  private final Map<String, Program.ArrayParam> arrays = new HashMap<>();
  private final Map<String, DType> scalars = new HashMap<>();
  private final Map<String, Program.Buffer> buffers = new HashMap<>();
  private final Map<String, Program.Semaphore> semaphores = new HashMap<>();

  private Verifier(Machine machine) {
    this.machine = machine;
  }

  /// Throws [NplException] at the first rule of `machine` that `program` breaks.
  public static void verify(Program program, Machine machine) {
    var verifier = new Verifier(machine);
    verifier.declarations(program);
    Capacity.verify(program, machine, origin(program));
    verifier.queues(program);
  }

  /// What the program relies on that is not published of the chip, one line each.
  public static List<String> assumptions(Program program, Machine machine) {
    return Assumptions.of(program, machine);
  }

  private static Origin origin(Program program) {
    return new Origin(program.name(), 1, "");
  }

  // ---- declarations

  private void declarations(Program p) {
    Origin at = origin(p);
    Set<String> names = new HashSet<>();
    for (var a : p.arrays()) {
      unique(names, a.name(), at);
      Fault.structure(
          a.rank() >= 0 && a.rank() <= 8,
          at,
          "array '%s': rank must be 0..8, was %d",
          a.name(),
          a.rank());
      Fault.structure(
          a.shape().isEmpty() || a.shape().size() == a.rank(),
          at,
          "array '%s': rank is %d, but its shape is %s",
          a.name(),
          a.rank(),
          a.shape());
      arrays.put(a.name(), a);
    }
    for (var s : p.scalars()) {
      unique(names, s.name(), at);
      Fault.type(
          s.type().isInteger() || s.type() == DType.F32,
          at,
          "scalar '%s': must be an integer or f32, was %s",
          s.name(),
          s.type().label());
      scalars.put(s.name(), s.type());
    }
    for (var b : p.buffers()) {
      unique(names, b.name(), at);
      buffer(b, at);
      buffers.put(b.name(), b);
    }
    Set<String> families = new HashSet<>();
    for (var s : p.semaphores()) {
      unique(families, s.name(), at);
      semaphores.put(s.name(), s);
    }
    semaphoreLimits(p, Program.Scope.TILE, machine.sync().perTile(), at);
    semaphoreLimits(p, Program.Scope.CLUSTER, machine.sync().perCluster(), at);
  }

  private static void unique(Set<String> names, String name, Origin at) {
    Fault.structure(names.add(name), at, "the name '%s' is declared twice; rename one", name);
  }

  private static void buffer(Program.Buffer b, Origin at) {
    Fault.structure(
        b.slots() >= 1, at, "buffer '%s': needs at least one slot, was %d", b.name(), b.slots());
    Fault.structure(
        b.shape().stream().allMatch(s -> s > 0),
        at,
        "buffer '%s': sizes must be positive, were %s",
        b.name(),
        b.shape());
    Fault.type(
        b.type() != DType.F64 && b.type() != DType.TF32,
        at,
        "buffer '%s': %s exists on the host only; use f32",
        b.name(),
        b.type().label());
    Fault.type(
        b.space() != Space.ACC || b.type() == DType.F32 || b.type() == DType.I32,
        at,
        "accumulator '%s': must be f32, or i32 for 8-bit integers, was %s",
        b.name(),
        b.type().label());
  }

  private void semaphoreLimits(Program p, Program.Scope scope, int limit, Origin at) {
    long total = 0;
    for (var s : p.semaphores()) {
      if (s.scope() == scope) {
        total += s.count();
      }
      Fault.unless(
          s.count() >= 1
              && s.initial() >= 0
              && s.initial() <= s.maximum()
              && s.maximum() <= machine.sync().maximum(),
          Category.SEMAPHORE,
          at,
          "semaphore '%s': needs count >= 1 and 0 <= initial <= maximum <= %d,"
              + " was count %d, initial %d, maximum %d",
          s.name(),
          machine.sync().maximum(),
          s.count(),
          s.initial(),
          s.maximum());
    }
    Fault.unless(
        total <= limit,
        Category.CAPACITY,
        at,
        "%d semaphores of scope %s, the machine has %d; share some",
        total,
        LaneText.lower(scope),
        limit);
  }

  // ---- queues

  private void queues(Program p) {
    Set<String> seen = new HashSet<>();
    for (Program.Queue q : p.queues()) {
      Origin at = q.body().isEmpty() ? origin(p) : q.body().get(0).origin();
      int channels =
          switch (q.engine()) {
            case TILE_DMA -> machine.tileDma().channels();
            case CLUSTER_DMA -> machine.clusterDma().channels();
            case NETWORK_DMA -> machine.network().ports();
            case TTU, TVP -> 1;
          };
      Fault.structure(
          q.index() >= 0 && q.index() < channels,
          at,
          "queue '%s': the machine has %d of this engine, index was %d",
          q.name(),
          channels,
          q.index());
      Fault.structure(seen.add(q.name()), at, "queue '%s' is declared twice", q.name());
      Fault.unless(
          q.engine() != Engine.NETWORK_DMA,
          Category.NOT_BUILT,
          at,
          "queue '%s': the network DMA has no peer with one chip; use tile or cluster DMA",
          q.name());
      Set<String> registers = new HashSet<>(Builtin.ALL);
      Registers.collect(q.body(), registers);
      var operands =
          new OperandVerifier(machine, q, arrays, scalars, buffers, semaphores, registers);
      new QueueVerifier(operands).block(q.body(), Set.of());
    }
  }
}
