package maia.sim;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import maia.npl.Program;

/// Which semaphore families hand a buffer back, known from the program text: those that a queue
/// signals which also reads the buffer.
final class Releases {
  private record Queue(Set<Integer> reads, Set<Integer> signals) {}

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
      var queue = new Queue(new HashSet<>(), new HashSet<>());
      for (Step step : code.steps()) {
        if (step instanceof Step.Do(var op)) {
          collect(op, queue);
          Homes.written(op).filter(r -> !r.home().isOwn()).ifPresent(r -> remote.add(r.buffer()));
        }
      }
      queues.put(code.name(), queue);
    }
  }

  private static void collect(Op op, Queue into) {
    switch (op) {
      case Op.Sync s -> {
        if (!s.isWait()) {
          into.signals.add(s.family());
        }
      }
      case Op.Fetch f -> into.reads.add(f.from().buffer());
      case Op.Irregular i -> i.inputs().forEach(r -> into.reads.add(r.buffer()));
      case Op.Load _ -> {}
      case Op.Store s -> into.reads.add(s.from().buffer());
      case Op.Move m -> into.reads.add(m.from().buffer());
      case Op.Product p -> {
        into.reads.add(p.a().buffer());
        into.reads.add(p.b().buffer());
        into.reads.add(p.acc().buffer());
        if (p.aScale() != null && p.bScale() != null) {
          into.reads.add(p.aScale().buffer());
          into.reads.add(p.bScale().buffer());
        }
      }
      case Op.Map m -> {
        m.inputs().forEach(r -> into.reads.add(r.buffer()));
        m.picks().forEach(r -> into.reads.add(r.buffer()));
      }
      case Op.Reduce r -> {
        r.inputs().forEach(in -> into.reads.add(in.buffer()));
        r.picks().forEach(in -> into.reads.add(in.buffer()));
      }
      case Op.Quantize q -> into.reads.add(q.in().buffer());
    }
  }

  /// By buffer and semaphore family: whether a queue other than `writer` reads the buffer and
  /// signals the family.
  boolean[][] of(String writer) {
    return tables.computeIfAbsent(
        writer,
        _ -> {
          var table = new boolean[buffers][families];
          queues.forEach((name, queue) -> {
            boolean other = !name.equals(writer);
            queue.reads().stream()
                .filter(b -> other || remote.contains(b))
                .forEach(b -> queue.signals().forEach(f -> table[b][f] = true));
          });
          return table;
        });
  }
}
