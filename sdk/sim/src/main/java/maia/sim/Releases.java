package maia.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.npl.Program;

/// Which semaphore families hand a buffer back, known from the program text: those that a queue
/// signals after it has read the buffer for the last time in an iteration.
final class Releases {
  /// What a queue does, by position in its program.
  private record Queue(
      Map<Integer, List<Integer>> reads, Map<Integer, List<Integer>> signals, Step[] steps) {
    /// Whether the queue reads `buffer` and somewhere signals `family` without reading the buffer
    /// again before the innermost loop around the signal starts over.
    boolean handsBack(int buffer, int family) {
      List<Integer> at = reads.getOrDefault(buffer, List.of());
      return !at.isEmpty()
          && signals.getOrDefault(family, List.of()).stream()
              .anyMatch(p -> at.stream().noneMatch(r -> r > p && r < endOfLoop(p)));
    }

    private int endOfLoop(int position) {
      for (int i = position; i < steps.length; i++) {
        if (steps[i] instanceof Step.Next next && next.body() <= position) {
          return i;
        }
      }
      return steps.length;
    }
  }

  private final Map<String, Queue> queues = new HashMap<>();
  private final Map<String, boolean[][]> tables = new HashMap<>();

  /// Buffers that other tiles write: there a queue of the same name is another queue.
  private final Set<Integer> remote = new HashSet<>();

  private final int buffers;
  private final int families;

  Releases(Program program, Iterable<QueueCode> codes) {
    buffers = program.buffers().size();
    families = program.semaphores().size();
    for (QueueCode code : codes) {
      var queue = new Queue(new HashMap<>(), new HashMap<>(), code.steps());
      for (int i = 0; i < code.steps().length; i++) {
        if (code.steps()[i] instanceof Step.Do(var op)) {
          collect(op, queue, i);
          Homes.written(op).filter(r -> !r.home().isOwn()).ifPresent(r -> remote.add(r.buffer()));
        }
      }
      queues.put(code.name(), queue);
    }
  }

  private static void collect(Op op, Queue into, int at) {
    if (op instanceof Op.Sync s && !s.isWait()) {
      into.signals.computeIfAbsent(s.family(), _ -> new ArrayList<>()).add(at);
    }
    reads(op).forEach(r -> into.reads.computeIfAbsent(r.buffer(), _ -> new ArrayList<>()).add(at));
  }

  private static List<Op.RegionRef> reads(Op op) {
    return switch (op) {
      case Op.Sync _, Op.Load _ -> List.of();
      case Op.Fetch f -> List.of(f.from());
      case Op.Irregular i -> i.inputs();
      case Op.Store s -> List.of(s.from());
      case Op.Move m -> List.of(m.from());
      case Op.Product p -> {
        List<Op.RegionRef> all = new ArrayList<>(List.of(p.a(), p.b(), p.acc()));
        if (p.aScale() != null && p.bScale() != null) {
          all.addAll(List.of(p.aScale(), p.bScale()));
        }
        yield all;
      }
      case Op.Map m -> both(m.inputs(), m.picks());
      case Op.Reduce r -> both(r.inputs(), r.picks());
      case Op.Quantize q -> List.of(q.in());
    };
  }

  private static List<Op.RegionRef> both(List<Op.RegionRef> a, List<Op.RegionRef> b) {
    List<Op.RegionRef> all = new ArrayList<>(a);
    all.addAll(b);
    return all;
  }

  /// By buffer and semaphore family: whether a queue other than `writer` hands the buffer back with
  /// the family.
  boolean[][] of(String writer) {
    return tables.computeIfAbsent(
        writer,
        _ -> {
          var table = new boolean[buffers][families];
          queues.forEach((name, queue) -> {
            boolean other = !name.equals(writer);
            for (int b : queue.reads().keySet()) {
              for (int f : queue.signals().keySet()) {
                table[b][f] |= (other || remote.contains(b)) && queue.handsBack(b, f);
              }
            }
          });
          return table;
        });
  }
}
