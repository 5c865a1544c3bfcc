package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.kernel.lower.Node.Queue;
import maia.npl.Program.Scope;
import maia.npl.Program.Semaphore;
import org.jspecify.annotations.Nullable;

/// Derives the semaphores. For every buffer and every block that touches it, each ordered pair of
/// queues with conflicting touches gets one: the later queue waits before the child of the block
/// that needs the data (or the space), the earlier one signals after the child that made it. What a
/// repeated block needs from its own previous iteration starts with credit: as many iterations as
/// the buffer has slots where the block is the buffer's own, else one.
final class Sync {
  /// One ordering inside a block.
  ///
  /// @param semaphore the semaphore's name
  /// @param section the block
  /// @param from the queue that signals, after child `source`
  /// @param to the queue that waits, before child `target`
  record Edge(String semaphore, Section section, Queue from, int source, Queue to, int target) {}

  /// An ordering of one buffer, before merging.
  ///
  /// @param credit initial value, 0 within an iteration
  /// @param ahead how many iterations the signalling queue can be ahead
  private record Draft(
      Buf buf,
      Section section,
      Queue from,
      int source,
      Queue to,
      int target,
      int credit,
      int ahead) {
    boolean isForward() {
      return credit == 0;
    }

    private boolean sharesWait(Draft other) {
      boolean same =
          section == other.section
              && from.equals(other.from)
              && to.equals(other.to)
              && credit == other.credit
              && ahead == other.ahead;
      return same && (isForward() ? target == other.target : source == other.source);
    }

    private Draft with(Draft other) {
      return new Draft(
          buf,
          section,
          from,
          Math.max(source, other.source),
          to,
          Math.min(target, other.target),
          credit,
          ahead);
    }
  }

  private final List<Draft> drafts = new ArrayList<>();
  private final List<Edge> edges = new ArrayList<>();
  private final List<Semaphore> semaphores = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /// The orderings of all buffers.
  static Sync of(List<Buf> buffers) {
    Sync sync = new Sync();
    buffers.forEach(buf -> sync.section(buf, buf.home));
    sync.drafts.forEach(sync::finish);
    return sync;
  }

  List<Edge> edges() {
    return edges;
  }

  List<Semaphore> semaphores() {
    return semaphores;
  }

  private void draft(Draft draft) {
    for (int i = 0; i < drafts.size(); i++) {
      if (drafts.get(i).sharesWait(draft)) {
        drafts.set(i, drafts.get(i).with(draft));
        return;
      }
    }
    drafts.add(draft);
  }

  private void finish(Draft draft) {
    String base = draft.buf.name + (draft.isForward() ? "_to_" : "_free_for_") + draft.to.label();
    String name = base;
    for (int i = 1; !names.add(name); i++) {
      name = base + "_" + i;
    }
    semaphores.add(new Semaphore(name, Scope.TILE, 1, draft.credit, draft.ahead));
    edges.add(new Edge(name, draft.section, draft.from, draft.source, draft.to, draft.target));
  }

  /// What one queue does to the buffer in one child of a block.
  private record Use(int child, boolean reads, boolean writes, int part) {
    boolean conflicts(Use other) {
      boolean apart = part != 0 && other.part != 0 && part != other.part;
      return !apart && (writes || other.writes);
    }
  }

  private void section(Buf buf, Section section) {
    Map<Queue, List<Use>> uses = uses(buf, section);
    for (Queue from : uses.keySet()) {
      for (Queue to : uses.keySet()) {
        if (!from.equals(to)) {
          pair(buf, section, from, uses.get(from), to, uses.get(to));
        }
      }
    }
    for (Node node : section.nodes()) {
      for (Section inner : node.sections()) {
        if (!uses(buf, inner).isEmpty()) {
          section(buf, inner);
        }
      }
    }
  }

  /// A pair of children.
  private record Order(int source, int target) {}

  private void pair(
      Buf buf, Section section, Queue from, List<Use> made, Queue to, List<Use> needed) {
    int slots = section == buf.home ? buf.slots : 1;
    List<Order> forward = forward(made, needed);
    for (Order order : forward) {
      draft(new Draft(buf, section, from, order.source, to, order.target, 0, slots));
    }
    boolean repeats = section == buf.home || section.kind() == Section.Kind.LOOP;
    Order carried = repeats ? carried(made, needed, forward) : null;
    if (carried != null) {
      draft(new Draft(buf, section, from, carried.source, to, carried.target, slots, slots));
    }
  }

  /// Within one iteration: each need waits for the last conflicting touch before it, unless an
  /// earlier wait already covers it.
  private static List<Order> forward(List<Use> made, List<Use> needed) {
    List<Order> orders = new ArrayList<>();
    int covered = -1;
    for (Use need : needed) {
      int last = -1;
      for (Use use : made) {
        if (use.child < need.child && use.conflicts(need)) {
          last = use.child;
        }
      }
      if (last > covered) {
        orders.add(new Order(last, need.child));
        covered = last;
      }
    }
    return orders;
  }

  /// From one iteration to the next: the first need waits for the last conflicting touch, unless an
  /// ordering within an iteration already implies it.
  private static @Nullable Order carried(List<Use> made, List<Use> needed, List<Order> forward) {
    int source = -1;
    int target = Integer.MAX_VALUE;
    for (Use need : needed) {
      for (Use use : made) {
        if (use.child >= need.child && use.conflicts(need) && !implied(use, need, forward)) {
          source = Math.max(source, use.child);
          target = Math.min(target, need.child);
        }
      }
    }
    return source < 0 ? null : new Order(source, target);
  }

  private static boolean implied(Use use, Use need, List<Order> forward) {
    return forward.stream()
        .anyMatch(order -> order.source >= use.child || order.target <= need.child);
  }

  private static Map<Queue, List<Use>> uses(Buf buf, Section section) {
    Map<Queue, List<Use>> uses = new LinkedHashMap<>();
    for (int i = 0; i < section.nodes().size(); i++) {
      Map<Queue, List<Node.Touch>> here = new LinkedHashMap<>();
      collect(buf, section.nodes().get(i), here);
      int child = i;
      here.forEach((queue, touches) ->
          uses.computeIfAbsent(queue, _ -> new ArrayList<>()).add(use(child, touches)));
    }
    return uses;
  }

  private static Use use(int child, List<Node.Touch> touches) {
    int part = touches.getFirst().part();
    boolean same = touches.stream().allMatch(touch -> touch.part() == part);
    return new Use(
        child,
        touches.stream().anyMatch(touch -> !touch.write()),
        touches.stream().anyMatch(Node.Touch::write),
        same ? part : 0);
  }

  private static void collect(Buf buf, Node node, Map<Queue, List<Node.Touch>> into) {
    if (node instanceof Node.Step step) {
      for (Node.Touch touch : step.touches()) {
        if (touch.buf() == buf) {
          into.computeIfAbsent(step.queue(), _ -> new ArrayList<>()).add(touch);
        }
      }
    }
    for (Section inner : node.sections()) {
      inner.nodes().forEach(n -> collect(buf, n, into));
    }
  }
}
