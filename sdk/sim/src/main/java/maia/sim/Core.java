package maia.sim;

import java.util.ArrayList;
import java.util.List;

/// The control processor of a tile or cluster. It issues the macro-instructions of its queues in
/// turn, one per issue interval; a queue holds a limited number.
final class Core implements EventQueue.Event {
  final Site site;
  final List<QueueState> queues = new ArrayList<>();
  private final Simulation sim;
  private final long interval;

  /// Time spent issuing.
  long busy;

  /// Time without work because every queue that has more was full.
  long fullStall;

  private int turn;
  private boolean isIdle;
  private boolean isAsleep;
  private long idleSince;

  Core(Simulation sim, Site site) {
    this.sim = sim;
    this.site = site;
    this.interval = sim.machine.picoseconds(sim.machine.control().issueCycles());
  }

  void start() {
    sim.events.at(sim.ordering.start(interval), this);
  }

  @Override
  public void fire(long now) {
    boolean isHeldBack = false;
    isAsleep = false;
    for (int i = 0; i < queues.size(); i++) {
      QueueState queue = queues.get((turn + i) % queues.size());
      if (queue.hasMore()) {
        if (!queue.isFull()) {
          turn = (turn + i + 1) % queues.size();
          busy += interval;
          queue.issue(now);
          sim.events.at(now + interval, this);
          queue.advance(now);
          return;
        }
        isHeldBack = true;
      }
    }
    isIdle = isHeldBack;
    isAsleep = true;
    idleSince = now;
  }

  /// A control stream that waited for data goes on.
  void resume(long now) {
    if (isIdle) {
      wake(now);
    } else if (isAsleep) {
      isAsleep = false;
      sim.events.at(now + interval, this);
    }
  }

  /// A queue has room again.
  void wake(long now) {
    if (isIdle) {
      isIdle = false;
      isAsleep = false;
      fullStall += now - idleSince;
      sim.events.at(now + interval, this);
    }
  }
}
