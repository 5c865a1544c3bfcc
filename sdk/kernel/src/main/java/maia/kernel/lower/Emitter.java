package maia.kernel.lower;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import maia.base.Origin;
import maia.kernel.lower.Node.Queue;
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
  private final Panels panels;
  private final Walk walk;
  private final Origin start;

  Emitter(List<Buf> buffers, Sync sync, Set<Integer> programDims, Panels panels, Walk walk) {
    this.buffers = buffers;
    this.sync = sync;
    this.programDims = programDims;
    this.panels = panels;
    this.walk = walk;
    this.start = walk.origin();
  }

  /// The queue's instructions: a loop over the programs of the tile.
  Program.Queue queue(Queue queue, Section root) {
    List<Instr> body = section(root, queue, false);
    List<Instr> idle = Registers.withoutUnread(section(root, queue, true));
    List<Instr> whole = new ArrayList<>();
    for (String lap : laps(queue, root)) {
      whole.add(new Instr.Set(lap, Expr.ZERO, start));
    }
    whole.add(walk.tile(programDims.stream().sorted().toList(), body, idle));
    return new Program.Queue(queue.engine(), queue.index(), Registers.withoutUnread(whole));
  }

  private Set<String> laps(Queue queue, Section root) {
    Set<String> laps = new LinkedHashSet<>();
    for (Buf buf : buffers) {
      if (buf.slots > 1 && Memory.Touching.queues(buf, root).contains(queue)) {
        laps.add(buf.lap());
      }
    }
    panels.shares().stream()
        .filter(share -> share.reader.equals(queue))
        .forEach(share -> {
          laps.add(share.turn());
          if (share.isKept()) {
            laps.add(share.kept().base());
          }
        });
    return laps;
  }

  /// The queue's part of a block, or what remains of it in a lane without a program.
  private List<Instr> section(Section section, Queue queue, boolean isIdle) {
    List<Instr> out = new ArrayList<>();
    for (int i = 0; i < section.nodes().size(); i++) {
      Node node = section.nodes().get(i);
      if (isIdle) {
        node(node, queue, true, out);
        continue;
      }
      for (Sync.Edge edge : sync.edges()) {
        if (edge.section() == section && edge.target() == i && edge.to().equals(queue)) {
          out.add(new Instr.Wait(semaphore(edge), 1, node.origin()));
        }
      }
      node(node, queue, false, out);
      for (Sync.Edge edge : sync.edges()) {
        if (edge.section() == section && edge.source() == i && edge.from().equals(queue)) {
          out.add(new Instr.Signal(semaphore(edge), 1, node.origin()));
        }
      }
    }
    if (!isIdle) {
      out.addAll(advance(section, queue));
    }
    Set<String> turns = new LinkedHashSet<>();
    for (Share share : panels.shares()) {
      if (share.home == section && share.reader.equals(queue) && turns.add(share.turn())) {
        Expr next = Expr.reg(share.turn()).plus(Expr.ONE).rem(share.turns());
        out.add(new Instr.Set(share.turn(), next, start));
      }
    }
    return out;
  }

  private static SemaphoreRef semaphore(Sync.Edge edge) {
    return SemaphoreRef.of(edge.semaphore(), Expr.ZERO);
  }

  private void node(Node node, Queue queue, boolean isIdle, List<Instr> out) {
    switch (node) {
      case Node.Step step -> {
        if (step.queue().equals(queue) && !isIdle) {
          out.add(step.instr().get());
        }
      }
      case Node.Token token -> {
        if (token.queue().equals(queue)) {
          out.add(token.instr());
        }
      }
      case Node.Fetch fetch -> {
        if (fetch.queues().contains(queue) && !isIdle) {
          out.add(new Instr.Load(fetch.register(), fetch.region(), fetch.origin()));
        }
      }
      case Node.Repeat(var test, var body, var origin) -> {
        List<Instr> inner = isIdle ? List.of() : section(body, queue, false);
        if (doesWork(inner)) {
          out.add(new Instr.While(List.of(), test, inner, origin));
        }
      }
      case Node.Assign(var register, var value, var origin) ->
          out.add(new Instr.Set(register, value, origin));
      case Node.Loop loop -> loop(loop, queue, isIdle, out);
      case Node.Cond(var condition, var then, var otherwise, var origin) -> {
        List<Instr> yes = section(then, queue, isIdle);
        List<Instr> no = section(otherwise, queue, isIdle);
        if (doesWork(yes) || doesWork(no)) {
          out.add(new Instr.When(condition, yes, no, origin));
        }
      }
    }
  }

  private void loop(Node.Loop loop, Queue queue, boolean isIdle, List<Instr> out) {
    List<Instr> inner = section(loop.body(), queue, isIdle);
    if (!doesWork(inner)) {
      return;
    }
    List<Share> kept =
        panels.shares().stream()
            .filter(s -> s.isKept() && s.home == loop.body() && s.reader.equals(queue))
            .toList();
    kept.forEach(share -> out.addAll(share.kept().before(loop, start)));
    out.add(
        new Instr.Repeat(
            loop.variable(), loop.from(), loop.to(), loop.step(), inner, loop.origin()));
    kept.forEach(share -> out.addAll(share.kept().behind(start)));
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
