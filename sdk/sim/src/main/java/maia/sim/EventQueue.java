package maia.sim;

import java.util.Arrays;
import java.util.Objects;
import maia.base.Stop;
import org.jspecify.annotations.Nullable;

/// Pending events, earliest first; ties fire in insertion order, so every run repeats exactly.
///
/// What happens soon, as nearly everything does, waits in a ring of short lists, one per half
/// nanosecond; what happens later waits in a binary heap.
final class EventQueue {
  /// Something that happens at a time.
  interface Event {
    void fire(long now);
  }

  private static final int WIDTH_BITS = 9;
  private static final int LISTS = 1 << 12;
  private static final int NONE = -1;

  // events of the ring, as nodes of lists
  private long[] times = new long[1024];
  private long[] orders = new long[1024];
  private @Nullable Event[] events = new Event[1024];
  private int[] following = new int[1024];
  private int free = NONE;
  private int used;

  private final int[] first = new int[LISTS];
  private final int[] last = new int[LISTS];

  /// The lists that hold something.
  private final long[] filled = new long[LISTS / Long.SIZE];

  private int inRing;
  private final EventHeap later = new EventHeap();
  private long scheduled;
  private long now;
  private long fired;

  void at(long time, Event event) {
    if (time < now) { // not a check with arguments: every event would box them
      throw new IllegalStateException(
          "bug in EventQueue: event at %d ps, clock at %d ps".formatted(time, now));
    }
    if ((time >> WIDTH_BITS) - (now >> WIDTH_BITS) >= LISTS) {
      later.add(time, scheduled++, event);
    } else {
      add((int) (time >> WIDTH_BITS) & LISTS - 1, node(time, event));
    }
  }

  private int node(long time, Event event) {
    int node = free;
    if (node != NONE) {
      free = following[node];
    } else {
      node = used++;
      if (node == times.length) {
        times = Arrays.copyOf(times, 2 * node);
        orders = Arrays.copyOf(orders, 2 * node);
        events = Arrays.copyOf(events, 2 * node);
        following = Arrays.copyOf(following, 2 * node);
      }
    }
    times[node] = time;
    orders[node] = scheduled++;
    events[node] = event;
    return node;
  }

  /// Puts a node into a list, behind those of its time and before.
  private void add(int list, int node) {
    inRing++;
    long time = times[node];
    long bit = 1L << list;
    if ((filled[list >> 6] & bit) == 0) {
      filled[list >> 6] |= bit;
      following[node] = NONE;
      first[list] = node;
      last[list] = node;
    } else if (times[last[list]] <= time) {
      following[node] = NONE;
      following[last[list]] = node;
      last[list] = node;
    } else if (times[first[list]] > time) {
      following[node] = first[list];
      first[list] = node;
    } else {
      int before = first[list];
      while (times[following[before]] <= time) {
        before = following[before];
      }
      following[node] = following[before];
      following[before] = node;
    }
  }

  /// Fires all events; returns the time of the last one.
  long runToEnd() {
    while (inRing > 0 || !later.isEmpty()) {
      fireNext();
    }
    return now;
  }

  /// Fires the next event; there is one.
  void fireNext() {
    Stop.poll("simulation");
    fired++;
    int list = inRing == 0 ? NONE : nextList();
    if (list == NONE || later.isBefore(times[first[list]], orders[first[list]])) {
      now = later.firstTime();
      later.removeFirst().fire(now);
    } else {
      take(list).fire(now);
    }
  }

  private Event take(int list) {
    int node = first[list];
    Event event = Objects.requireNonNull(events[node]);
    now = times[node];
    events[node] = null;
    if (node == last[list]) {
      filled[list >> 6] &= ~(1L << list);
    }
    first[list] = following[node];
    following[node] = free;
    free = node;
    inRing--;
    return event;
  }

  /// The first list with something, from the clock on.
  private int nextList() {
    int start = (int) (now >> WIDTH_BITS) & LISTS - 1;
    int word = start >> 6;
    long bits = filled[word] & -1L << start;
    while (bits == 0) {
      word = word + 1 & filled.length - 1;
      bits = filled[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(bits);
  }

  /// The time of the next event, or [Long#MAX_VALUE] without any.
  long nextTime() {
    long ring = inRing == 0 ? Long.MAX_VALUE : times[first[nextList()]];
    return later.isEmpty() ? ring : Math.min(ring, later.firstTime());
  }

  /// The time of the last event fired.
  long now() {
    return now;
  }

  long fired() {
    return fired;
  }
}
