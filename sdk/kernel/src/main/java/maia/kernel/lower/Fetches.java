package maia.kernel.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import maia.kernel.lower.Node.Queue;

/// Decides which queues read a scalar from memory: those whose instructions depend on its register.
final class Fetches {
  private Fetches() {}

  /// Fills in the queues of every fetch under `root`; `look` writes queues without semaphores.
  static void assign(Section root, Set<Queue> queues, Emitter look) {
    List<Node.Fetch> fetches = new ArrayList<>();
    collect(root, fetches);
    if (fetches.isEmpty()) {
      return;
    }
    fetches.forEach(fetch -> fetch.queues().addAll(queues));
    for (Queue queue : queues) {
      Set<String> needed = Registers.loaded(look.queue(queue, root).body());
      fetches.stream()
          .filter(fetch -> !needed.contains(fetch.register()))
          .forEach(fetch -> fetch.queues().remove(queue));
    }
  }

  private static void collect(Section section, List<Node.Fetch> into) {
    for (Node node : section.nodes()) {
      if (node instanceof Node.Fetch fetch) {
        into.add(fetch);
      }
      node.sections().forEach(inner -> collect(inner, into));
    }
  }
}
