package maia.kernel.lower;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
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
import maia.numerics.BlockFormat;
import maia.numerics.DType;

/// From a rewritten function to a tile program.
public final class Lowering {
  private Lowering() {}

  /// A tile program and its memory map.
  public record Result(Program program, String memory) {}

  /// Lowers `func` for `machine`: plan, slots, semaphores, queues.
  public static Result lower(Func func, Machine machine) {
    Planner planner = new Planner(func, machine);
    Section root = planner.plan();
    List<Buf> buffers = planner.buffers();
    Memory.assign(func.name(), root, buffers, machine);
    Sync sync = Sync.of(buffers);
    Origin start = new Origin(func.name(), 1, "");
    checkSemaphores(func, sync, machine, start);
    Emitter emitter = new Emitter(buffers, sync, planner.programDims(), start);
    List<Program.Queue> queues = new ArrayList<>();
    queuesOf(root).forEach(queue -> queues.add(emitter.queue(queue, root)));
    Program program =
        new Program(
            func.name(),
            arrays(func),
            scalars(func),
            buffers.stream().filter(b -> b.role != Buf.Role.ARRAY).map(Lowering::buffer).toList(),
            sync.semaphores(),
            queues,
            Program.Placement.EVERY_TILE);
    return new Result(program, Memory.map(buffers));
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
