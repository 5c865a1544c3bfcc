package maia.sim;

import java.util.Arrays;
import java.util.Objects;
import maia.base.Stop;
import org.jspecify.annotations.Nullable;

/// Pending events, earliest first; ties fire in insertion order, so every run repeats exactly. A
/// binary heap in primitive arrays.
final class EventQueue {
  /// Something that happens at a time.
  interface Event {
    void fire(long now);
  }

  private long[] times = new long[1024];
  private long[] orders = new long[1024];
  private @Nullable Event[] events = new Event[1024];
  private int size;
  private long scheduled;
  private long now;
  private long fired;

  void at(long time, Event event) {
    if (time < now) { // not a check with arguments: every event would box them
      throw new IllegalStateException(
          "bug in EventQueue: event at %d ps, clock at %d ps".formatted(time, now));
    }
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      orders = Arrays.copyOf(orders, 2 * size);
      events = Arrays.copyOf(events, 2 * size);
    }
    sift(size++, time, scheduled++, event);
  }

  private void sift(int from, long time, long order, Event event) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >> 1;
      if (times[parent] <= time) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    times[at] = time;
    orders[at] = order;
    events[at] = event;
  }

  private void move(int from, int to) {
    times[to] = times[from];
    orders[to] = orders[from];
    events[to] = events[from];
  }

  private boolean isBefore(int a, long time, long order) {
    return times[a] < time || times[a] == time && orders[a] < order;
  }

  /// Fires all events; returns the time of the last one.
  long runToEnd() {
    while (size > 0) {
      fireNext();
    }
    return now;
  }

  /// Fires the next event; there is one.
  void fireNext() {
    Stop.poll("simulation");
    fired++;
    Event next = Objects.requireNonNull(events[0]);
    now = times[0];
    removeFirst();
    next.fire(now);
  }

  /// The time of the next event, or [Long#MAX_VALUE] without any.
  long nextTime() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  /// The time of the last event fired.
  long now() {
    return now;
  }

  private void removeFirst() {
    int last = --size;
    long time = times[last];
    long order = orders[last];
    Event event = events[last];
    events[last] = null;
    if (last == 0) {
      return;
    }
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= last) {
        break;
      }
      if (child + 1 < last && isBefore(child + 1, times[child], orders[child])) {
        child++;
      }
      if (!isBefore(child, time, order)) {
        break;
      }
      move(child, at);
      at = child;
    }
    times[at] = time;
    orders[at] = order;
    events[at] = event;
  }

  long fired() {
    return fired;
  }
}
