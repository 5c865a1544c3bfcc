package maia.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import maia.base.Origin;

/// Takes a [Snapshot] of a run.
final class Photographer {
  private static final int CORNER = 4;

  private final Simulation sim;

  Photographer(Simulation sim) {
    this.sim = sim;
  }

  long cycle(long picoseconds) {
    return Math.round(picoseconds * (sim.machine.clockHertz() * 1e-12));
  }

  Snapshot take(long now) {
    var places = new ArrayList<Snapshot.Place>();
    for (Site site : sim.sites()) {
      var sems = new ArrayList<Sem>();
      site.collect(sems);
      List<Snapshot.Queue> queues =
          sim.allQueues().stream().filter(q -> q.site == site).map(q -> queue(q)).toList();
      if (!queues.isEmpty() || !sems.isEmpty() || !site.touched().isEmpty()) {
        places.add(
            new Snapshot.Place(
                site.name(),
                queues,
                sems.stream().map(Photographer::semaphore).toList(),
                site.touched().stream().map(Photographer::buffer).toList()));
      }
    }
    return new Snapshot(cycle(now), now, places);
  }

  private Snapshot.Queue queue(QueueState q) {
    List<Entry> begun = q.inFlight();
    List<Snapshot.Flight> flights = begun.stream().map(this::flight).toList();
    Sem sem = q.awaited();
    if (sem != null) {
      String what = "for %s since cycle %d".formatted(sem.name(), cycle(q.waitsSince()));
      return new Snapshot.Queue(
          q.code.name(),
          Snapshot.Activity.WAITING,
          what,
          q.blockedAt(),
          q.issued().size(),
          flights);
    }
    if (!begun.isEmpty()) {
      Op.Info info = begun.getLast().op.info();
      return new Snapshot.Queue(
          q.code.name(),
          Snapshot.Activity.RUNNING,
          info.label(),
          info.origin(),
          q.issued().size(),
          flights);
    }
    boolean isDone = q.isDone();
    return new Snapshot.Queue(
        q.code.name(),
        isDone ? Snapshot.Activity.FINISHED : Snapshot.Activity.IDLE,
        "",
        isDone ? Origin.NONE : q.blockedAt(),
        q.issued().size(),
        List.of());
  }

  private Snapshot.Flight flight(Entry e) {
    CopyPlan plan = e.plan;
    return new Snapshot.Flight(
        e.op.info().label(),
        e.op.info().origin(),
        cycle(e.start),
        e.done == Long.MAX_VALUE ? -1 : cycle(e.done),
        plan == null ? 0 : Math.max(plan.hbmBytes(), plan.chipBytes()));
  }

  private static Snapshot.Semaphore semaphore(Sem sem) {
    return new Snapshot.Semaphore(
        sem.name(), sem.value(), sem.waiters().stream().map(QueueState::name).toList());
  }

  private static Snapshot.Buffer buffer(Slot slot) {
    int elements = Math.max(slot.floats.length, slot.longs.length);
    return new Snapshot.Buffer(
        slot.buffer.name(),
        slot.index,
        slot.type.label(),
        slot.buffer.shape(),
        slot.watch == null ? -1 : slot.watch.initialised(),
        elements,
        corner(slot));
  }

  private static List<List<String>> corner(Slot slot) {
    int rank = slot.shape.length;
    int columns = rank == 0 ? 1 : slot.shape[rank - 1];
    int elements = Math.max(slot.floats.length, slot.longs.length);
    var rows = new ArrayList<List<String>>();
    for (int r = 0; r < Math.min(CORNER, elements / columns); r++) {
      var row = new ArrayList<String>();
      for (int c = 0; c < Math.min(CORNER, columns); c++) {
        row.add(text(slot, r * columns + c));
      }
      rows.add(row);
    }
    return rows;
  }

  /// An element of a slot as text.
  static String text(Slot slot, int at) {
    return slot.floats.length > 0
        ? String.format(Locale.ROOT, "%.6g", slot.floats[at])
        : Long.toString(slot.longs[at]);
  }
}
