package maia.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import maia.base.Check;
import maia.base.Origin;
import maia.machine.Machine;
import maia.npl.NplException;
import maia.npl.Program;

/// A run that can be stopped at any cycle, stepped, and watched, forwards and backwards: going back
/// runs it again from the start, which always gives the same run.
///
/// ```java
/// Debugger debugger = Simulator.on(Chip.MAIA_200).debug(program, launch);
/// System.out.println(debugger.at(500));
/// debugger.watchSemaphore("tile 0", "full[0]");
/// System.out.println(debugger.resume());
/// ```
public final class Debugger {
  private final Program program;
  private final Machine machine;
  private final Launch launch;
  private final Memento before;

  private final List<Watchpoint> watchpoints = new ArrayList<>();
  private final Set<String> semaphores = new HashSet<>();
  private final Set<Integer> lines = new HashSet<>();
  private final ArrayDeque<Moment> moments = new ArrayDeque<>();
  private Simulation sim;
  private Photographer photographer;
  private long now;
  private Optional<Moment> end = Optional.empty();
  private Optional<RunRecord> result = Optional.empty();

  Debugger(Program program, Machine machine, Launch launch) {
    this.program = program;
    this.machine = machine;
    this.launch = ArrayCopies.of(launch);
    this.before = Memento.of(program, this.launch);
    this.sim = begin();
    this.photographer = new Photographer(sim);
  }

  private Simulation begin() {
    var simulation = new Simulation(program, machine, launch);
    simulation.observer = new Recorder();
    simulation.start();
    return simulation;
  }

  private void restart() {
    before.restore();
    moments.clear();
    end = Optional.empty();
    result = Optional.empty();
    now = 0;
    sim = begin();
    photographer = new Photographer(sim);
  }

  // ---- what to see

  /// The state now.
  public Snapshot state() {
    return photographer.take(now);
  }

  /// The current cycle of the tile clock.
  public long cycle() {
    return photographer.cycle(now);
  }

  /// Moves to `cycle` and gives the state there: everything that happens up to and in that cycle
  /// has happened.
  public Snapshot at(long cycle) {
    Check.argument(cycle >= 0, "a cycle must not be negative, was %d", cycle);
    long target = machine.picoseconds(cycle);
    if (target < now) {
      restart();
    }
    while (end.isEmpty() && sim.goesOn() && sim.events.nextTime() <= target) {
      fire();
    }
    moments.clear();
    now = Math.max(now, target);
    return state();
  }

  /// The values of an array at this moment, in row-major order.
  public float[] array(String name) {
    return maia.numerics.HostArray.floats(launch.arrays().get(indexOf(name)));
  }

  private int indexOf(String array) {
    for (int i = 0; i < program.arrays().size(); i++) {
      if (program.arrays().get(i).name().equals(array)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "no array is named '%s'; there are %s"
            .formatted(array, program.arrays().stream().map(Program.ArrayParam::name).toList()));
  }

  /// The record of the run, once it is over without a mistake.
  public Optional<RunRecord> result() {
    return result;
  }

  // ---- moving

  /// Moves to the next moment: an instruction begins or is done, a signal arrives, a queue takes
  /// what it waited for, or the run ends.
  public Moment step() {
    return next(_ -> true);
  }

  /// Moves to where `queue` (such as `ttu`) of `place` (such as `tile 0`) begins its next
  /// instruction, or to the end.
  public Moment step(String place, String queue) {
    String name = queue + " on " + place;
    return next(m -> m.kind() == Moment.Kind.BEGIN && m.where().equals(name));
  }

  /// Runs until something that is watched changes, an instruction of a break line begins, a rule is
  /// broken, or the run ends.
  public Moment resume() {
    return next(m ->
        switch (m.kind()) {
          case CHANGE -> true;
          case SIGNAL, TAKE -> semaphores.contains(key(m.where(), m.what()));
          case BEGIN -> lines.contains(m.line().line());
          case DONE, MISTAKE, END -> false;
        });
  }

  private Moment next(Predicate<Moment> isWanted) {
    while (true) {
      while (!moments.isEmpty()) {
        Moment moment = moments.remove();
        if (isWanted.test(moment)) {
          return moment;
        }
      }
      if (end.isPresent()) {
        return end.get();
      }
      fire();
    }
  }

  // ---- what to stop at

  /// Stops when the contents of `buffer` in `place` (such as `tile 0`) change.
  public Debugger watchBuffer(String place, String buffer) {
    watchpoints.add(new Watchpoint.OnBuffer(place, buffer));
    return this;
  }

  /// Stops when one of the elements `first .. end - 1` of an array, in row-major order, changes.
  public Debugger watchArray(String array, int first, int end) {
    int index = indexOf(array);
    watchpoints.add(new Watchpoint.OnArray(sim.binding.arrays[index], index, first, end));
    return this;
  }

  /// Stops when the value of `semaphore` (such as `full[0]`) of `place` changes.
  public Debugger watchSemaphore(String place, String semaphore) {
    semaphores.add(place + " " + semaphore);
    return this;
  }

  /// Stops when an instruction of `line`, counted in the program, begins.
  public Debugger breakAt(int line) {
    lines.add(line);
    return this;
  }

  /// Forgets everything watched.
  public Debugger clear() {
    watchpoints.clear();
    semaphores.clear();
    lines.clear();
    return this;
  }

  /// `where` is a queue on a place, `what` a semaphore with its value.
  private static String key(String where, String what) {
    String place = where.substring(where.indexOf(" on ") + " on ".length());
    return place + " " + what.substring(0, what.indexOf(' '));
  }

  // ---- events

  private void fire() {
    try {
      if (sim.goesOn()) {
        now = sim.events.nextTime();
        sim.events.fireNext();
        return;
      }
      RunRecord run = sim.finish();
      result = Optional.of(run);
      end = Optional.of(moment(Moment.Kind.END, "", "the run is over", Origin.NONE));
    } catch (NplException mistake) {
      end =
          Optional.of(
              moment(
                  Moment.Kind.MISTAKE, "", String.valueOf(mistake.getMessage()), mistake.origin()));
    }
  }

  private Moment moment(Moment.Kind kind, String where, String what, Origin line) {
    return new Moment(kind, photographer.cycle(now), where, what, line);
  }

  private final class Recorder implements Observer {
    private void add(Moment.Kind kind, QueueState queue, String what, Origin line) {
      moments.add(moment(kind, queue.name(), what, line));
    }

    @Override
    public void begun(QueueState queue, Entry entry, long time) {
      Op.Info info = entry.op.info();
      add(Moment.Kind.BEGIN, queue, info.label(), info.origin());
    }

    @Override
    public void done(QueueState queue, Entry entry, long time) {
      Op.Info info = entry.op.info();
      add(Moment.Kind.DONE, queue, info.label(), info.origin());
      for (Watchpoint watchpoint : watchpoints) {
        watchpoint
            .change(sim, queue, entry)
            .ifPresent(change ->
                add(Moment.Kind.CHANGE, queue, change + " with " + info.label(), info.origin()));
      }
    }

    @Override
    public void gave(QueueState queue, Sem sem, Entry signal, long time) {
      String what = "%s (now %d)".formatted(sem.name(), sem.value());
      add(Moment.Kind.SIGNAL, queue, what, signal.op.info().origin());
    }

    @Override
    public void took(QueueState queue, Sem sem, long time) {
      String what = "%s (now %d)".formatted(sem.name(), sem.value());
      add(Moment.Kind.TAKE, queue, what, queue.blockedAt());
    }
  }
}
