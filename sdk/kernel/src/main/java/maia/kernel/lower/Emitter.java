package maia.kernel.lower;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import maia.base.Origin;
import maia.kernel.lower.Node.Queue;
import maia.npl.Builtin;
import maia.npl.Expr;
import maia.npl.Expr.Operator;
import maia.npl.Instr;
import maia.npl.Program;
import maia.npl.SemaphoreRef;

/// Writes a queue: the plan reduced to the queue's own instructions, with waits and signals.
final class Emitter {
  private final List<Buf> buffers;
  private final Sync sync;
  private final Set<Integer> programDims;
  private final Origin start;

  Emitter(List<Buf> buffers, Sync sync, Set<Integer> programDims, Origin start) {
    this.buffers = buffers;
    this.sync = sync;
    this.programDims = programDims;
    this.start = start;
  }

  /// The queue's instructions: a loop over the programs of the tile.
  Program.Queue queue(Queue queue, Section root) {
    List<Instr> body = new ArrayList<>();
    programDims.stream()
        .sorted()
        .forEach(
            dim -> body.add(new Instr.Set(Scalars.programRegister(dim), programIndex(dim), start)));
    body.addAll(section(root, queue));
    List<Instr> whole = new ArrayList<>();
    for (String lap : laps(queue, root)) {
      whole.add(new Instr.Set(lap, Expr.ZERO, start));
    }
    whole.add(
        new Instr.Repeat(
            Builtin.PROGRAM,
            Expr.reg(Builtin.TILE),
            Expr.reg(Builtin.PROGRAMS),
            Expr.reg(Builtin.TILES),
            body,
            start));
    return new Program.Queue(queue.engine(), queue.index(), Registers.withoutUnread(whole));
  }

  private static Expr programIndex(int dim) {
    Expr index = Expr.reg(Builtin.PROGRAM);
    for (int d = 0; d < dim; d++) {
      index = Expr.binary(Operator.DIV, index, Expr.reg(Builtin.grid(d)));
    }
    return dim == 2 ? index : Expr.binary(Operator.REM, index, Expr.reg(Builtin.grid(dim)));
  }

  private Set<String> laps(Queue queue, Section root) {
    Set<String> laps = new LinkedHashSet<>();
    for (Buf buf : buffers) {
      if (buf.slots > 1 && Memory.Touching.queues(buf, root).contains(queue)) {
        laps.add(buf.lap());
      }
    }
    return laps;
  }

  private List<Instr> section(Section section, Queue queue) {
    List<Instr> out = new ArrayList<>();
    for (int i = 0; i < section.nodes().size(); i++) {
      Node node = section.nodes().get(i);
      for (Sync.Edge edge : sync.edges()) {
        if (edge.section() == section && edge.target() == i && edge.to().equals(queue)) {
          out.add(new Instr.Wait(semaphore(edge), 1, node.origin()));
        }
      }
      node(node, queue, out);
      for (Sync.Edge edge : sync.edges()) {
        if (edge.section() == section && edge.source() == i && edge.from().equals(queue)) {
          out.add(new Instr.Signal(semaphore(edge), 1, node.origin()));
        }
      }
    }
    out.addAll(advance(section, queue));
    return out;
  }

  private static SemaphoreRef semaphore(Sync.Edge edge) {
    return SemaphoreRef.of(edge.semaphore(), Expr.ZERO);
  }

  private void node(Node node, Queue queue, List<Instr> out) {
    switch (node) {
      case Node.Step step -> {
        if (step.queue().equals(queue)) {
          out.add(step.instr().get());
        }
      }
      case Node.Assign(var register, var value, var origin) ->
          out.add(new Instr.Set(register, value, origin));
      case Node.Loop(var variable, var from, var to, var step, var body, var origin) -> {
        List<Instr> inner = section(body, queue);
        if (doesWork(inner)) {
          out.add(new Instr.Repeat(variable, from, to, step, inner, origin));
        }
      }
      case Node.Cond(var condition, var then, var otherwise, var origin) -> {
        List<Instr> yes = section(then, queue);
        List<Instr> no = section(otherwise, queue);
        if (doesWork(yes) || doesWork(no)) {
          out.add(new Instr.When(condition, yes, no, origin));
        }
      }
    }
  }

  /// Loops and branches stay when they do more than scalars, or scalars that others may read.
  private static boolean doesWork(List<Instr> body) {
    return !body.isEmpty();
  }

  /// Moves to the next slot of the buffers that belong to this block.
  private List<Instr> advance(Section section, Queue queue) {
    Set<String> done = new LinkedHashSet<>();
    List<Instr> out = new ArrayList<>();
    for (Buf buf : buffers) {
      boolean here =
          buf.home == section
              && buf.slots > 1
              && Memory.Touching.queues(buf, section).contains(queue);
      if (here && done.add(buf.lap())) {
        Expr next =
            Expr.binary(Operator.REM, Expr.reg(buf.lap()).plus(Expr.ONE), Expr.of(buf.slots));
        out.add(new Instr.Set(buf.lap(), next, start));
      }
    }
    return out;
  }
}
