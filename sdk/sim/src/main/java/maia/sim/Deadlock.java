package maia.sim;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maia.base.Origin;
import maia.npl.NplException;
import maia.npl.NplException.Category;

/// Explains why nothing can move.
final class Deadlock {
  private static final int MOST_LISTED = 20;

  private Deadlock() {}

  /// The mistake of a run that stopped with `stuck` queues out of `all`. It is placed at a wait for
  /// the semaphore that is signalled too rarely over the whole run, if there is one. Else at the
  /// wait that blocked first among those that wait in a circle; where there is no circle, among
  /// those that wait for a signal no stuck queue has.
  static NplException of(Simulation sim, String program, List<QueueState> stuck, int all) {
    var list = new StringBuilder();
    stuck.stream().limit(MOST_LISTED).forEach(q -> list.append("\n  ").append(q.blockedText()));
    if (stuck.size() > MOST_LISTED) {
      list.append("\n  and ").append(stuck.size() - MOST_LISTED).append(" more");
    }
    Optional<Balance.Difference> lacking =
        Balance.of(sim, stuck.get(0).site.domain).stream()
            .filter(Balance.Difference::lacksSignals)
            .findFirst();
    if (lacking.isPresent()) {
      return unbalanced(lacking.get(), stuck, all, list.toString());
    }
    List<QueueState> roots = stuck.stream().filter(q -> isInCircle(q, stuck)).toList();
    if (roots.isEmpty()) {
      roots = stuck.stream().filter(q -> signallers(q, stuck).isEmpty()).toList();
    }
    Origin at =
        (roots.isEmpty() ? stuck : roots)
            .stream()
                .min(Comparator.comparingLong(QueueState::blockedSince))
                .map(QueueState::blockedAt)
                .orElse(new Origin(program, 1, ""));
    return new NplException(
        Category.DEADLOCK,
        "deadlock: %d of %d queues cannot move; signal what they wait for%s"
            .formatted(stuck.size(), all, list),
        at);
  }

  private static NplException unbalanced(
      Balance.Difference lacking, List<QueueState> stuck, int all, String list) {
    Origin at =
        stuck.stream()
            .filter(q -> q.waitsFor(lacking.sem()))
            .min(Comparator.comparingLong(QueueState::blockedSince))
            .map(QueueState::blockedAt)
            .orElse(lacking.line());
    return new NplException(
        Category.DEADLOCK,
        "deadlock: %d of %d queues cannot move; %s%s".formatted(stuck.size(), all, lacking, list),
        at);
  }

  /// The stuck queues that could signal what `queue` waits for.
  private static List<QueueState> signallers(QueueState queue, List<QueueState> stuck) {
    return stuck.stream()
        .filter(other -> other.site.domain == queue.site.domain && other.signals(queue))
        .toList();
  }

  private static boolean isInCircle(QueueState start, List<QueueState> stuck) {
    Set<QueueState> seen = new HashSet<>();
    var open = new ArrayDeque<>(signallers(start, stuck));
    while (!open.isEmpty()) {
      QueueState next = open.remove();
      if (next == start) {
        return true;
      }
      if (seen.add(next)) {
        open.addAll(signallers(next, stuck));
      }
    }
    return false;
  }
}
