package maia.kernel.lower;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maia.base.Origin;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.kernel.lower.Node.Queue;
import maia.machine.Machine;
import maia.npl.Program;
import maia.npl.Program.ArrayParam;
import maia.npl.Program.Buffer;
import maia.npl.Program.ScalarParam;
import maia.npl.Space;
import maia.numerics.BlockFormat;
import maia.numerics.DType;

/// From a rewritten function to a tile program.
public final class Lowering {
  private Lowering() {}

  /// A tile program, its memory map, and how its grid is laid over the chip.
  public record Result(Program program, String memory, String mapping) {}

  /// Lowers `func` for `machine` and large grids.
  public static Result lower(Func func, Machine machine) {
    return lower(func, machine, GridMap.choose(func, machine, Optional.empty()));
  }

  /// Lowers `func` for `machine`, its grid laid over the chip as `map` says: plan, slots,
  /// semaphores, queues.
  public static Result lower(Func func, Machine machine, GridMap map) {
    Result whole;
    try {
      whole = lower(func, machine, map, false);
    } catch (KernelException full) {
      if (full.mistake().filter(Mistake.OUT_OF_MEMORY::equals).isEmpty()) {
        throw full;
      }
      return inStrips(func, machine, map).orElseThrow(() -> full);
    }
    return hasTwoAccumulators(whole)
        ? whole
        : inStrips(func, machine, map).filter(Lowering::hasTwoAccumulators).orElse(whole);
  }

  /// The program whose results leave in strips, where it fits into memory.
  private static Optional<Result> inStrips(Func func, Machine machine, GridMap map) {
    try {
      return Optional.of(lower(func, machine, map, true));
    } catch (KernelException full) {
      if (full.mistake().filter(Mistake.OUT_OF_MEMORY::equals).isEmpty()) {
        throw full;
      }
      return Optional.empty();
    }
  }

  /// Whether every accumulator has two slots, so that an epilogue overlaps the next products.
  private static boolean hasTwoAccumulators(Result result) {
    return result.program().buffers().stream()
        .filter(buffer -> buffer.space() == Space.ACC)
        .allMatch(buffer -> buffer.slots() > 1);
  }

  private static Result lower(Func func, Machine machine, GridMap map, boolean inStrips) {
    Planner planner = new Planner(func, machine, map, inStrips);
    Section root = planner.plan();
    Panels panels = planner.panels();
    Origin start = new Origin(func.name(), 1, "");
    boolean keeps = map.kept() >= 0;
    boolean fits = (!keeps || panels.canKeep(root)) && panels.assign();
    if (!fits && keeps) {
      return lower(func, machine, map.keepingNothing(), inStrips);
    }
    if (!fits) {
      if (func.mapping().path().isStaged()) {
        throw tooLarge(func, panels, machine, start);
      }
      return lower(func, machine, new GridMap(map.down(), map.across(), Set.of()));
    }
    List<Buf> buffers = planner.buffers();
    Walk walk = new Walk(map, machine, start);
    Emitter look = new Emitter(buffers, Sync.none(), planner.programDims(), panels, walk);
    Fetches.assign(root, queuesOf(root), look);
    Memory.assign(func.name(), root, buffers, panels, machine);
    List<Buf> holders = buffers.stream().filter(b -> b.holder() == b).toList();
    Sync sync = Sync.of(holders);
    checkSemaphores(func, sync, machine, start);
    Emitter emitter = new Emitter(holders, sync, planner.programDims(), panels, walk);
    List<Program.Queue> queues = new ArrayList<>();
    queuesOf(root).forEach(queue -> queues.add(emitter.queue(queue, root)));
    queues.addAll(new ClusterQueues(root, panels, walk, machine).queues());
    Program program =
        new Program(
            func.name(),
            arrays(func),
            scalars(func),
            memory(holders, panels),
            semaphores(sync, panels),
            queues,
            Program.Placement.EVERY_TILE);
    return new Result(program, Memory.map(buffers, panels), map.describe(machine));
  }

  private static KernelException tooLarge(Func func, Panels panels, Machine machine, Origin start) {
    return new KernelException(
        Mistake.OUT_OF_MEMORY,
        "kernel '%s': its shared blocks need %d KiB of cluster memory and one turn per DMA channel, a cluster of %s has %d KiB and %d semaphores; make blocks smaller or let the compiler choose the path"
            .formatted(
                func.name(),
                Math.ceilDiv(panels.neededBytes(), 1024),
                machine.name(),
                machine.csram().bytes() >> 10,
                machine.sync().perCluster()),
        start);
  }

  private static List<Buffer> memory(List<Buf> buffers, Panels panels) {
    List<Buffer> all = new ArrayList<>();
    buffers.stream().filter(b -> b.role != Buf.Role.ARRAY).map(Lowering::buffer).forEach(all::add);
    panels.shares().forEach(share -> all.addAll(share.buffers()));
    return all;
  }

  private static List<Program.Semaphore> semaphores(Sync sync, Panels panels) {
    List<Program.Semaphore> all = new ArrayList<>(sync.semaphores());
    panels.shares().forEach(share -> all.addAll(share.semaphores()));
    return all;
  }

  private static void checkSemaphores(Func func, Sync sync, Machine machine, Origin start) {
    int needed = sync.semaphores().size();
    int present = machine.sync().perTile();
    if (needed > present) {
      throw new KernelException(
          Mistake.OUT_OF_SEMAPHORES,
          "kernel '%s' needs %d semaphores, a tile of %s has %d; load fewer arrays or split the kernel"
              .formatted(func.name(), needed, machine.name(), present),
          start);
    }
  }

  private static Set<Queue> queuesOf(Section section) {
    Set<Queue> queues = new LinkedHashSet<>();
    for (Node node : section.nodes()) {
      if (node instanceof Node.Step step) {
        queues.add(step.queue());
      }
      node.sections().forEach(inner -> queues.addAll(queuesOf(inner)));
    }
    return queues;
  }

  private static Buffer buffer(Buf buf) {
    return new Buffer(buf.name, buf.space, buf.dtype, buf.slots, buf.box);
  }

  private static List<ArrayParam> arrays(Func func) {
    List<ArrayParam> arrays = new ArrayList<>();
    for (Func.Param param : func.params()) {
      if (param instanceof Func.ArrayParam(var name, var type, var access, int rank)) {
        switch (type) {
          case DType dtype -> arrays.add(new ArrayParam(name, dtype, access, rank, List.of()));
          case BlockFormat format -> {
            arrays.add(new ArrayParam(name, format.element(), access, rank, List.of()));
            arrays.add(new ArrayParam(Func.scales(name), format.scale(), access, rank, List.of()));
          }
        }
      }
    }
    return arrays;
  }

  private static List<ScalarParam> scalars(Func func) {
    List<ScalarParam> scalars = new ArrayList<>();
    for (Func.Param param : func.params()) {
      switch (param) {
        case Func.ScalarParam(var name, var type) -> scalars.add(new ScalarParam(name, type));
        case Func.ArrayParam(var name, BlockFormat format, _, _) when format.tensorScale() ->
            scalars.add(new ScalarParam(Func.tensorScale(name), DType.F32));
        case Func.ArrayParam _ -> {}
      }
    }
    return scalars;
  }
}
