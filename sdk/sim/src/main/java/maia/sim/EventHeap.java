package maia.sim;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Events by time and insertion order: a binary heap in primitive arrays.
final class EventHeap {
  private long[] times = new long[256];
  private long[] orders = new long[256];
  private EventQueue.@Nullable Event[] events = new EventQueue.Event[256];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  /// The time of the first event; there is one.
  long firstTime() {
    return times[0];
  }

  /// Whether the first event comes before one at `time` with `order`.
  boolean isBefore(long time, long order) {
    return size > 0 && isBefore(0, time, order);
  }

  void add(long time, long order, EventQueue.Event event) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      orders = Arrays.copyOf(orders, 2 * size);
      events = Arrays.copyOf(events, 2 * size);
    }
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) >> 1;
      if (isBefore(parent, time, order)) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    put(at, time, order, event);
  }

  private void put(int at, long time, long order, EventQueue.@Nullable Event event) {
    times[at] = time;
    orders[at] = order;
    events[at] = event;
  }

  private void move(int from, int to) {
    put(to, times[from], orders[from], events[from]);
  }

  private boolean isBefore(int a, long time, long order) {
    return times[a] < time || times[a] == time && orders[a] < order;
  }

  /// Takes the first event; there is one.
  EventQueue.Event removeFirst() {
    EventQueue.Event found = Objects.requireNonNull(events[0]);
    int last = --size;
    long time = times[last];
    long order = orders[last];
    EventQueue.Event event = events[last];
    events[last] = null;
    int at = 0;
    while (2 * at + 1 < last) {
      int child = 2 * at + 1;
      if (child + 1 < last && isBefore(child + 1, times[child], orders[child])) {
        child++;
      }
      if (!isBefore(child, time, order)) {
        break;
      }
      move(child, at);
      at = child;
    }
    if (last > 0) {
      put(at, time, order, event);
    }
    return found;
  }
}
