package maia.sim;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import maia.base.Origin;
import maia.npl.NplException;
import maia.npl.Program;
import org.jspecify.annotations.Nullable;

/// A queue of a site: the control stream that feeds it, the instructions it holds, and those its
/// engine has begun. Everything of one queue happens in program order.
final class QueueState {

  final Simulation sim;
  final Core core;
  final Site site;
  final QueueCode code;
  final Unit unit;
  final int id;

  /// When the engine can begin another instruction.
  long unitFree;

  /// Engine instructions that are done.
  long instructions;

  /// Time the engine could not work, by reason.
  final Stalls stalls = new Stalls();

  /// Time the engine worked.
  long busy;

  private final ControlStream stream;
  private final boolean[][] handBacks;

  private final ArrayDeque<Entry> held = new ArrayDeque<>();
  private final ArrayDeque<Entry> begun = new ArrayDeque<>();
  private int groups;
  private @Nullable Sem waitsFor;
  private long waitsSince;

  /// The semaphore this queue waited for last, before an instruction began.
  private @Nullable Sem lastWait;

  private long retryAt = -1;
  private boolean waitsForIndices;

  private long[] clock = {};
  private long epoch = 1;
  private Transaction transaction = Transaction.NONE;
  private boolean hasSignalled;

  private final EventQueue.Event retry = this::retry;
  private final EventQueue.Event retire = this::retire;

  QueueState(Simulation sim, Core core, QueueCode code) {
    this.sim = sim;
    this.core = core;
    this.site = core.site;
    this.code = code;
    this.id = site.domain.add(this);
    this.stream = new ControlStream(sim, core.site, code);
    this.handBacks = sim.releases.of(code.name());
    this.unit = Unit.of(sim, this);
  }

  String name() {
    return code.name() + " on " + site.name();
  }

  // ---- control stream

  /// Whether the stream has an instruction left; moves over control steps to find it.
  boolean hasMore() {
    return stream.peek() != null;
  }

  boolean isFull() {
    return groups >= sim.machine.control().queueDepth();
  }

  /// Issues one macro-instruction: up to so many waits, an engine instruction, up to so many
  /// signals.
  void issue(long now) {
    int most = sim.machine.sync().perInstruction();
    int waits = 0;
    int signals = 0;
    boolean hasEngine = false;
    Entry last = null;
    Entry engine = null;
    for (Op op = stream.peek(); op != null; op = stream.peek()) {
      if (op instanceof Op.Sync sync) {
        if (sync.isWait() ? hasEngine || signals > 0 || waits++ == most : signals++ == most) {
          break;
        }
      } else if (hasEngine || signals > 0) {
        break;
      }
      last = stream.take(op, now);
      sim.bounds.check(last, site);
      held.add(last);
      if (!(op instanceof Op.Sync)) {
        hasEngine = true;
        engine = last;
      }
    }
    (engine != null ? engine : java.util.Objects.requireNonNull(last)).endsGroup = true;
    groups++;
  }

  // ---- execution

  /// Moves on as far as possible.
  void advance(long now) {
    if (waitsFor != null) {
      return;
    }
    while (!held.isEmpty()) {
      Entry head = held.element();
      if (head.op instanceof Op.Sync sync) {
        if (sync.isWait()) {
          Sem sem = site.sem(sync.family(), head.values[1], head);
          if (!sem.take(this, sync.count())) {
            waitsFor = sem;
            waitsSince = now;
            return;
          }
          took(sem, sync.count());
          sim.observer.took(this, sem, now);
          leave(now);
        } else {
          leave(now);
          signal(head, now);
        }
      } else if (head.op instanceof Op.Fetch fetch) {
        leave(now);
        if (begun.isEmpty()) {
          fetch(head, fetch, now);
        } else {
          begun.add(head);
        }
      } else {
        if (unitFree > now) {
          retryAt(unitFree);
          return;
        }
        waitsForIndices = head.op instanceof Op.Indexed op && areIndicesUnderWay(op, head);
        if (waitsForIndices) {
          return;
        }
        leave(now);
        begin(head, now);
      }
    }
  }

  /// Whether an earlier copy of this queue still fills the indices of `op`.
  private boolean areIndicesUnderWay(Op.Indexed op, Entry entry) {
    for (Op.RegionRef r : op.lookup().regions()) {
      for (Entry earlier : begun) {
        if (earlier.writes(r.buffer(), entry.values[r.at()])) {
          return true;
        }
      }
    }
    return false;
  }

  private void retryAt(long time) {
    if (time != Long.MAX_VALUE && retryAt != time) {
      retryAt = time;
      sim.events.at(time, retry);
    }
  }

  private void retry(long now) {
    retryAt = -1;
    advance(now);
  }

  private void leave(long now) {
    Entry head = held.remove();
    head.clock = clock;
    head.epoch = head.op instanceof Op.Atomic ? epoch++ : epoch;
    head.transaction = transaction;
    if (head.endsGroup) {
      groups--;
      core.wake(now);
    }
  }

  private void begin(Entry entry, long now) {
    stalls.add(Stall.Reason.ISSUE, entry.issued - unitFree);
    long idle = now - Math.max(unitFree, entry.issued);
    if (lastWait == null) {
      stalls.add(Stall.Reason.SEMAPHORE, idle);
    } else {
      stalls.waited(lastWait, idle);
      lastWait = null;
    }
    entry.start = now;
    begun.add(entry);
    if (entry.op instanceof Op.Indexed indexed) {
      sim.plan(this, entry, indexed);
    }
    sim.tally.begin(entry, site.alike);
    sim.observer.begun(this, entry, now);
    unit.begin(entry, now);
  }

  /// The engine knows when `entry` will be done: values are in place then.
  void finishAt(Entry entry, long done) {
    sim.ordering.finish(this, entry, done);
  }

  /// `entry` is done at `done`, now or later.
  void doneAt(Entry entry, long done) {
    entry.done = done;
    sim.events.at(done, retire);
  }

  private void retire(long now) {
    while (!begun.isEmpty()) {
      Entry head = begun.element();
      boolean isEngine = !(head.op instanceof Op.Sync || head.op instanceof Op.Fetch);
      if (isEngine && head.done > now) {
        break;
      }
      begun.remove();
      switch (head.op) {
        case Op.Sync _ -> emit(head, now);
        case Op.Fetch fetch -> fetch(head, fetch, now);
        default -> sim.complete(this, head, now);
      }
    }
    if (waitsForIndices) {
      waitsForIndices = false;
      advance(now);
    }
  }

  /// Everything before a fetch is done: its register gets the value.
  private void fetch(Entry entry, Op.Fetch op, long now) {
    if (!sim.computes) {
      throw new NplException(
          NplException.Category.NOT_BUILT,
          "%s: a timing-only run does not know data; run with values".formatted(op.info().label()),
          op.info().origin());
    }
    long value = IrregularEffects.fetched(this, entry, op);
    sim.events.at(
        now + sim.signalPicoseconds(Program.Scope.TILE),
        time -> {
          stream.fetched(op, value);
          core.resume(time);
        });
  }

  // ---- synchronisation

  int wanted() {
    return ((Op.Sync) held.element().op).count();
  }

  /// Whether readers of the slot signal `sem`, so that a wait for it before writing the slot means
  /// that the slot was handed back.
  boolean handsBack(Slot slot, Sem sem) {
    return handBacks[slot.number][sem.number];
  }

  /// The semaphore this queue waited for gave its counts.
  void granted(long now) {
    Sem sem = java.util.Objects.requireNonNull(waitsFor);
    waitsFor = null;
    lastWait = sem;
    took(sem, wanted());
    sim.observer.took(this, sem, now);
    leave(now);
    advance(now);
  }

  private void took(Sem sem, int count) {
    if (!sim.watched) {
      return;
    }
    if (hasSignalled) {
      hasSignalled = false;
      transaction = Transaction.NONE;
    }
    transaction = transaction.plus(sem, count);
  }

  /// Everything before a token is ordered before what follows here.
  void learn(long[] token) {
    if (token.length == 0) {
      return;
    }
    long[] merged = Arrays.copyOf(clock, site.domain.queues.size());
    for (int i = 0; i < token.length; i++) {
      merged[i] = Math.max(merged[i], token[i]);
    }
    clock = merged;
  }

  private void signal(Entry entry, long now) {
    if (sim.watched) {
      entry.clock = Arrays.copyOf(clock, site.domain.queues.size());
      entry.clock[id] = epoch++;
      hasSignalled = true;
    }
    if (begun.isEmpty()) {
      emit(entry, now);
    } else {
      begun.add(entry);
    }
  }

  private void emit(Entry entry, long now) {
    var sync = (Op.Sync) entry.op;
    if (sync.home().isOwn()) {
      Sem sem = released(entry, sync, site);
      long latency = sim.signalPicoseconds(sem.family.scope());
      sim.events.at(now + latency, time -> give(sem, sync.count(), entry, time));
      return;
    }
    List<Sem> sems =
        Homes.sites(entry, sync.home(), site).stream()
            .map(target -> released(entry, sync, target))
            .toList();
    long latency = sim.signalPicoseconds(Program.Scope.CLUSTER);
    sim.events.at(
        now + latency,
        time -> {
          for (Sem sem : sems) {
            give(sem, sync.count(), entry, time);
          }
        });
  }

  private Sem released(Entry entry, Op.Sync sync, Site target) {
    Sem sem = target.sem(sync.family(), entry.values[1], entry);
    if (sim.watched) {
      Watch.release(sem, sync.count(), this, entry);
    }
    return sem;
  }

  private void give(Sem sem, int count, Entry signal, long now) {
    if (sem.overflows(count)) {
      throw sem.overflow(count, signal, Balance.of(sim, site.domain));
    }
    sem.give(count, signal.clock, now);
    sim.observer.gave(this, sem, signal, now);
  }

  // ---- what a debugger shows

  /// Instructions that the engine has begun and that are not done, the oldest first.
  List<Entry> inFlight() {
    return begun.stream().filter(e -> !(e.op instanceof Op.Sync)).toList();
  }

  /// Issued instructions that wait for their turn, the next first.
  List<Entry> issued() {
    return List.copyOf(held);
  }

  /// The semaphore this queue waits for, or null.
  @Nullable Sem awaited() {
    return waitsFor;
  }

  long waitsSince() {
    return waitsSince;
  }

  // ---- the end

  boolean isDone() {
    return held.isEmpty() && begun.isEmpty() && !hasMore();
  }

  /// The line this queue is stuck at.
  Origin blockedAt() {
    Entry head = held.peek();
    return head == null ? Origin.NONE : head.op.info().origin();
  }

  boolean waitsFor(Sem sem) {
    return waitsFor == sem;
  }

  long blockedSince() {
    return waitsFor == null ? Long.MAX_VALUE : waitsSince;
  }

  /// Whether this queue has a signal of the family that `other` waits for.
  boolean signals(QueueState other) {
    Entry head = other.held.peek();
    return head != null
        && head.op instanceof Op.Sync wait
        && Arrays.stream(code.steps())
            .anyMatch(s ->
                s instanceof Step.Do(Op.Sync sync)
                    && !sync.isWait()
                    && sync.family() == wait.family());
  }

  String blockedText() {
    Entry head = held.peek();
    if (waitsFor == null || head == null) {
      return name() + " is not waiting";
    }
    return "%s waits for %s (value %d, needs %d) at %s"
        .formatted(name(), waitsFor.name(), waitsFor.value(), wanted(), head.op.info().origin());
  }
}
