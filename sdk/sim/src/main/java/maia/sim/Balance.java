package maia.sim;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.base.Origin;
import maia.npl.NplException;

/// Counts what the control streams would wait for and signal over a whole run, whatever the engines
/// do. Of a program that got stuck, the semaphore whose counts differ is the one with the mistake.
final class Balance {
  /// Control steps after which counting gives up.
  private static final int MOST_STEPS = 4_000_000;

  /// A semaphore whose counts differ.
  ///
  /// @param line the first wait or signal of the kind there are too many of
  record Difference(Sem sem, long waited, long signalled, Origin line) {
    boolean lacksSignals() {
      return waited > signalled;
    }

    @Override
    public String toString() {
      return "over the whole run %s is waited for %d times and signalled %d times"
          .formatted(sem.name(), waited, signalled);
    }
  }

  private static final class Count {
    long waited;
    long signalled;
    Origin firstWait = Origin.NONE;
    Origin firstSignal = Origin.NONE;
  }

  private final Map<Sem, Count> counts = new LinkedHashMap<>();
  private int steps;

  private Balance() {}

  /// The semaphores of `domain` whose counts differ, the largest difference first; empty when the
  /// counts cannot be known.
  static List<Difference> of(Simulation sim, Domain domain) {
    var balance = new Balance();
    try {
      for (QueueState queue : domain.queues) {
        if (!balance.count(sim, queue)) {
          return List.of();
        }
      }
    } catch (NplException mistake) {
      return List.of(); // the stream itself is wrong; what stopped the run is said elsewhere
    }
    return balance.counts.entrySet().stream()
        .filter(e -> e.getValue().waited != e.getValue().signalled)
        .map(e -> difference(e.getKey(), e.getValue()))
        .sorted(Comparator.comparingLong(d -> -Math.abs(d.waited() - d.signalled())))
        .toList();
  }

  private static Difference difference(Sem sem, Count c) {
    boolean isWait = c.waited > c.signalled;
    return new Difference(sem, c.waited, c.signalled, isWait ? c.firstWait : c.firstSignal);
  }

  private boolean count(Simulation sim, QueueState queue) {
    var stream = new ControlStream(sim, queue.site, queue.code);
    for (Op op = stream.peek(); op != null; op = stream.peek()) {
      if (++steps > MOST_STEPS || op instanceof Op.Fetch) {
        return false; // what follows a fetch depends on data
      }
      if (op instanceof Op.Sync sync) {
        Entry entry = stream.take(op, 0);
        for (Site target : Homes.sites(entry, sync.home(), queue.site)) {
          count(target.sem(sync.family(), entry.values[1], entry), sync);
        }
      } else {
        stream.skip();
      }
    }
    return true;
  }

  private void count(Sem sem, Op.Sync sync) {
    Count c = counts.computeIfAbsent(sem, _ -> new Count());
    Origin at = sync.info().origin();
    if (sync.isWait()) {
      c.waited += sync.count();
      c.firstWait = c.firstWait.isKnown() ? c.firstWait : at;
    } else {
      c.signalled += sync.count();
      c.firstSignal = c.firstSignal.isKnown() ? c.firstSignal : at;
    }
  }

  /// The difference in `all` that explains why `sem` rose above its maximum: its own, or another
  /// that has too many signals or lacks waits.
  static Optional<Difference> behindOverflow(List<Difference> all, Sem sem) {
    boolean isOwn = all.stream().anyMatch(d -> d.sem() == sem);
    return isOwn ? Optional.empty() : all.stream().filter(d -> !d.lacksSignals()).findFirst();
  }
}
