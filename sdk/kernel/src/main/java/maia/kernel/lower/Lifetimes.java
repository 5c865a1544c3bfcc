package maia.kernel.lower;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.npl.Space;

/// Lets buffers whose contents are never needed at the same time share memory (decision 032). It is
/// done where memory is short only: queues that could work on different buffers have to take turns
/// on a shared one. The orderings that this needs follow from the touches of the memory, as for any
/// buffer that is written again.
final class Lifetimes {
  private Lifetimes() {}

  /// A buffer from the child of its block that fills it to the last one that touches it.
  private record Life(Buf buf, int first, int last) {
    /// Whether this one's memory is free when `later` is filled, and large enough for it.
    private boolean canHold(Life later) {
      return last < later.first && buf.dtype == later.buf.dtype && covers(buf, later.buf);
    }
  }

  /// Makes buffers share memory, each the first that fits and is free.
  static void share(List<Buf> buffers) {
    Map<Section, List<Life>> lives = new LinkedHashMap<>();
    for (Buf buf : buffers) {
      life(buf)
          .ifPresent(life -> lives.computeIfAbsent(buf.home, _ -> new ArrayList<>()).add(life));
    }
    lives.values().forEach(Lifetimes::assign);
  }

  private static void assign(List<Life> lives) {
    lives.sort(Comparator.comparingInt(Life::first)); // stable: of equals the first made
    List<Life> holders = new ArrayList<>();
    for (Life life : lives) {
      int found = -1;
      for (int i = 0; i < holders.size() && found < 0; i++) {
        found = holders.get(i).canHold(life) ? i : -1;
      }
      if (found < 0) {
        holders.add(life);
      } else {
        Life holder = holders.get(found);
        life.buf.shareWith(holder.buf);
        holders.set(found, new Life(holder.buf, holder.first, life.last));
      }
    }
  }

  private static boolean covers(Buf large, Buf small) {
    boolean isSized = large.limits.equals(small.limits) || (isWhole(large) && isWhole(small));
    if (large.box.size() != small.box.size() || !isSized) {
      return false;
    }
    for (int d = 0; d < large.box.size(); d++) {
      if (large.box.get(d) < small.box.get(d)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWhole(Buf buf) {
    return buf.limits.stream().allMatch(Optional::isEmpty);
  }

  /// The life of a buffer that one instruction of its block fills; others keep their memory:
  /// accumulators, what a loop loads ahead, and what the cluster writes.
  private static Optional<Life> life(Buf buf) {
    if (buf.space != Space.TSRAM || buf.pushed != null || Memory.isInLoop(buf)) {
      return Optional.empty();
    }
    List<Node> nodes = buf.home.nodes();
    int first = -1;
    int last = -1;
    for (int i = 0; i < nodes.size(); i++) {
      if (touches(nodes.get(i), buf)) {
        first = first < 0 ? i : first;
        last = i;
      }
    }
    return first >= 0 && fills(nodes.get(first), buf)
        ? Optional.of(new Life(buf, first, last))
        : Optional.empty();
  }

  private static boolean touches(Node node, Buf buf) {
    return switch (node) {
      case Node.Step step -> step.touches().stream().anyMatch(t -> t.buf() == buf);
      case Node.Fetch fetch -> fetch.buf() == buf;
      case Node.Token _, Node.Assign _ -> false;
      case Node.Repeat _, Node.Loop _, Node.Cond _ ->
          node.sections().stream()
              .anyMatch(inner -> inner.nodes().stream().anyMatch(n -> touches(n, buf)));
    };
  }

  private static boolean fills(Node node, Buf buf) {
    return node instanceof Node.Step step
        && step.touches().stream()
            .filter(t -> t.buf() == buf)
            .allMatch(t -> t.write() && t.part() == 0);
  }
}
