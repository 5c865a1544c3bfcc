package maia.sim;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// What programs know of each other through atomics: a program that finds what another one put into
/// an array comes after everything that one did before, wherever both run. A lock made of atomics
/// orders what it protects in this way, and in no other.
///
/// Knowledge of a program is a clock of the tile it ran on, see [QueueState].
final class Handovers {
  private record Place(int array, long element) {}

  private final Map<Long, Map<Long, long[]>> known = new HashMap<>();
  private final Map<Place, Map<Long, long[]>> left = new HashMap<>();

  /// An atomic changed an element: everything before it is left there for others.
  void leave(int array, long element, QueueState queue, Entry entry) {
    var here = left.computeIfAbsent(new Place(array, element), _ -> new HashMap<>());
    Map<Long, long[]> own = known.get(entry.program());
    if (own != null) {
      merge(own, here);
    }
    long[] clock = Arrays.copyOf(entry.clock, queue.site.domain.queues.size());
    clock[queue.id] = entry.epoch;
    here.merge(entry.program(), clock, Handovers::later);
  }

  /// An atomic read an element: its program knows what was left there.
  void find(int array, long element, Entry entry) {
    Map<Long, long[]> here = left.get(new Place(array, element));
    if (here != null) {
      merge(here, known.computeIfAbsent(entry.program(), _ -> new HashMap<>()));
    }
  }

  /// Whether program `later` knows of what `entry` on `queue` did.
  boolean knows(long later, QueueState queue, Entry entry) {
    Map<Long, long[]> all = known.get(later);
    long[] clock = all == null ? null : all.get(entry.program());
    return clock != null && queue.id < clock.length && clock[queue.id] >= entry.epoch;
  }

  private static void merge(Map<Long, long[]> from, Map<Long, long[]> to) {
    from.forEach((program, clock) -> to.merge(program, clock, Handovers::later));
  }

  private static long[] later(long[] a, long[] b) {
    long[] both = Arrays.copyOf(a, Math.max(a.length, b.length));
    for (int i = 0; i < b.length; i++) {
      both[i] = Math.max(both[i], b[i]);
    }
    return both;
  }
}
