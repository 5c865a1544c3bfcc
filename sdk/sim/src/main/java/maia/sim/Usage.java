package maia.sim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maia.base.Origin;

/// Shares of the kernel time, per queue over the tiles that have it.
final class Usage {
  private final RunRecord run;
  private final Map<String, List<EngineUse>> queues = new TreeMap<>();

  Usage(RunRecord run) {
    this.run = run;
    for (EngineUse use : run.counters().engines()) {
      queues.merge(
          use.queue(),
          List.of(use),
          (a, b) -> java.util.stream.Stream.concat(a.stream(), b.stream()).toList());
    }
  }

  Iterable<String> queues() {
    return queues.keySet();
  }

  /// The queue's engine on every tile.
  List<EngineUse> engines(String queue) {
    return queues.getOrDefault(queue, List.of());
  }

  String kind(String queue) {
    return engines(queue).isEmpty() ? "" : engines(queue).get(0).kind();
  }

  boolean isCopy(String queue) {
    return kind(queue).endsWith("dma");
  }

  /// Tiles on which the queue did something.
  long active(String queue) {
    return engines(queue).stream().filter(e -> e.instructions() > 0).count();
  }

  long instructions(String queue) {
    return engines(queue).stream().mapToLong(EngineUse::instructions).sum();
  }

  /// `picoseconds` of a queue, summed over its active tiles, as a share of the kernel time.
  double share(String queue, long picoseconds) {
    double whole = (double) run.picoseconds() * Math.max(1, active(queue));
    return whole == 0 ? 0 : picoseconds / whole;
  }

  double busy(String queue) {
    return share(queue, engines(queue).stream().mapToLong(EngineUse::busyPicoseconds).sum());
  }

  double stalled(String queue, Stall.Reason reason) {
    return share(
        queue,
        stalls(queue).stream()
            .filter(s -> s.reason() == reason)
            .mapToLong(Stall::picoseconds)
            .sum());
  }

  List<Stall> stalls(String queue) {
    return run.counters().stalls().stream().filter(s -> s.queue().equals(queue)).toList();
  }

  /// The share of the time the queue waited for each semaphore family.
  Map<String, Double> waits(String queue) {
    var families = new LinkedHashMap<String, Double>();
    for (Stall s : stalls(queue)) {
      if (s.reason() == Stall.Reason.SEMAPHORE) {
        String family = s.detail().replaceAll("\\[\\d+]$", "");
        families.merge(family, share(queue, s.picoseconds()), Double::sum);
      }
    }
    return families;
  }

  /// What a line of a queue did in the part of the run that the trace holds.
  static final class Line {
    long picoseconds;
    long bytes;
    long count;
  }

  /// The lines of a queue that the trace holds.
  Map<Origin, Line> lines(String queue) {
    var lines = new LinkedHashMap<Origin, Line>();
    for (Span span : run.trace()) {
      if (span.queue().equals(queue)) {
        Line line = lines.computeIfAbsent(span.origin(), _ -> new Line());
        line.picoseconds += span.endPicoseconds() - span.startPicoseconds();
        line.bytes += span.bytes();
        line.count++;
      }
    }
    return lines;
  }

  /// The line of a queue that took most of its time, as far as the trace tells.
  Origin costliest(String queue, Origin otherwise) {
    return lines(queue).entrySet().stream()
        .max((a, b) -> Long.compare(a.getValue().picoseconds, b.getValue().picoseconds))
        .map(Map.Entry::getKey)
        .orElse(otherwise);
  }
}
