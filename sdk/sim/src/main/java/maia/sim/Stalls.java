package maia.sim;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lost time of one queue by reason.
final class Stalls {
  private static final int REASONS = Stall.Reason.values().length;

  /// Two instructions that want the same bank.
  private record Pair(Op own, Op other) {
    String text() {
      return own == other ? name(own) + " against itself" : name(own) + " against " + name(other);
    }

    private static String name(Op op) {
      return "%s (%s)".formatted(op.info().label(), op.info().origin());
    }
  }

  private final long[] lost = new long[REASONS];
  private final Map<Sem, long[]> waited = new IdentityHashMap<>();
  private final Map<Pair, long[]> conflicts = new LinkedHashMap<>();

  void add(Stall.Reason reason, long picoseconds) {
    if (picoseconds > 0) {
      lost[reason.ordinal()] += picoseconds;
    }
  }

  /// Time the engine was idle while its queue waited for a semaphore.
  void waited(Sem sem, long picoseconds) {
    if (picoseconds > 0) {
      lost[Stall.Reason.SEMAPHORE.ordinal()] += picoseconds;
      waited.computeIfAbsent(sem, _ -> new long[1])[0] += picoseconds;
    }
  }

  /// Time an instruction lost to another access to the same bank.
  void conflict(Op own, Op other, long picoseconds) {
    if (picoseconds > 0) {
      lost[Stall.Reason.BANK.ordinal()] += picoseconds;
      conflicts.computeIfAbsent(new Pair(own, other), _ -> new long[1])[0] += picoseconds;
    }
  }

  long of(Stall.Reason reason) {
    return lost[reason.ordinal()];
  }

  List<Stall> list(int tile, String queue) {
    var all = new ArrayList<Stall>();
    for (Stall.Reason reason : Stall.Reason.values()) {
      long total = of(reason);
      switch (reason) {
        case SEMAPHORE -> {
          var names = new java.util.TreeMap<String, Long>();
          waited.forEach((sem, sum) -> names.merge(sem.name(), sum[0], Long::sum));
          names.forEach((name, sum) -> all.add(new Stall(tile, queue, reason, name, sum)));
          total -= names.values().stream().mapToLong(Long::longValue).sum();
        }
        case BANK -> {
          conflicts.forEach(
              (pair, sum) -> all.add(new Stall(tile, queue, reason, pair.text(), sum[0])));
          total = 0;
        }
        case ISSUE, OUTSTANDING, HBM, PORT -> {}
      }
      if (total > 0) {
        all.add(new Stall(tile, queue, reason, "", total));
      }
    }
    return all;
  }
}
