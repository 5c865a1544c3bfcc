package maia.sim;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import maia.base.Check;
import maia.base.Origin;
import maia.base.Stop;
import maia.npl.Builtin;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;
import org.jspecify.annotations.Nullable;

/// A queue of a site: the control stream that feeds it, the instructions it holds, and those its
/// engine has begun. Everything of one queue happens in program order.
final class QueueState {
  private static final int POLL = 0xffff;

  private record HandBack(Program.Buffer buffer, Program.Semaphore family) {}

  private final Map<HandBack, Boolean> handBacks = new HashMap<>();

  final Simulation sim;
  final Core core;
  final Site site;
  final QueueCode code;
  final Unit unit;
  final int id;

  /// When the engine can begin another instruction.
  long unitFree;

  /// Idle time of the engine before the control processor had issued its next instruction.
  long issueStall;

  /// Idle time of the engine while its next instruction waited for a semaphore.
  long semaphoreStall;

  /// Time a DMA channel could not send because its bytes in flight waited for memory latency.
  long outstandingStall;

  /// Time a DMA channel could not send because its bytes in flight waited for shared pipes.
  long sharedStall;

  /// Time the engine worked.
  long busy;

  private final long[] registers;
  private int pc;
  private int controlSteps;

  private final ArrayDeque<Entry> held = new ArrayDeque<>();
  private final ArrayDeque<Entry> begun = new ArrayDeque<>();
  private int groups;
  private @Nullable Sem waitsFor;
  private long waitsSince;
  private long retryAt = -1;

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
    this.registers = new long[code.registers()];
    this.unit = Unit.of(sim, this);
    registers[register(Builtin.TILE)] = site.tile;
    registers[register(Builtin.TILES)] = sim.tiles;
    registers[register(Builtin.LANE)] = site.lane;
    registers[register(Builtin.CLUSTER)] = site.cluster;
    registers[register(Builtin.PROGRAMS)] = sim.launch.programs();
    for (int d = 0; d < 3; d++) {
      var grid = sim.launch.grid();
      registers[register(Builtin.grid(d))] = d < grid.size() ? grid.get(d) : 1;
    }
  }

  private int register(String builtin) {
    return Check.present(code.builtins().get(builtin), "QueueState", builtin);
  }

  String name() {
    return code.name() + " on " + site.name();
  }

  // ---- control stream

  /// Whether the stream has an instruction left; moves over control steps to find it.
  boolean hasMore() {
    return peek() != null;
  }

  boolean isFull() {
    return groups >= sim.machine.control().queueDepth();
  }

  private @Nullable Op peek() {
    Step[] steps = code.steps();
    while (pc < steps.length) {
      if (steps[pc] instanceof Step.Do(var op)) {
        return op;
      }
      if ((++controlSteps & POLL) == 0) {
        Stop.poll("simulation");
      }
      control(steps[pc]);
    }
    return null;
  }

  private void control(Step step) {
    switch (step) {
      case Step.Do _ -> {}
      case Step.Assign(int register, var value, var origin) -> {
        registers[register] = value(value, origin);
        pc++;
      }
      case Step.Jump(int target) -> pc = target;
      case Step.Branch(var condition, int target, var origin) ->
          pc = value(condition, origin) != 0 ? pc + 1 : target;
      case Step.Enter e -> enter(e);
      case Step.Next(int at, int variable, int body, _) -> {
        long next = registers[at] + registers[at + 2];
        boolean again = next < registers[at + 1] && next > registers[at];
        registers[at] = next;
        if (again) {
          registers[variable] = next;
        }
        pc = again ? body : pc + 1;
      }
    }
  }

  private void enter(Step.Enter e) {
    long from = value(e.from(), e.origin());
    long to = value(e.to(), e.origin());
    long step = value(e.step(), e.origin());
    if (step <= 0) {
      throw new NplException(
          Category.STRUCTURE, "repeat: step must be positive, was %d".formatted(step), e.origin());
    }
    registers[e.at()] = from;
    registers[e.at() + 1] = to;
    registers[e.at() + 2] = step;
    registers[e.variable()] = from;
    pc = from < to ? pc + 1 : e.exit();
  }

  private long value(IntFunction function, Origin origin) {
    try {
      return function.of(registers);
    } catch (ArithmeticException e) {
      throw new NplException(
          Category.STRUCTURE, "integer expression: %s".formatted(e.getMessage()), origin);
    }
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
    for (Op op = peek(); op != null; op = peek()) {
      if (op instanceof Op.Sync sync) {
        if (sync.isWait() ? hasEngine || signals > 0 || waits++ == most : signals++ == most) {
          break;
        }
      } else if (hasEngine || signals > 0) {
        break;
      }
      last = push(op, now);
      pc++;
      if (!(op instanceof Op.Sync)) {
        hasEngine = true;
        engine = last;
      }
    }
    (engine != null ? engine : java.util.Objects.requireNonNull(last)).endsGroup = true;
    groups++;
  }

  private Entry push(Op op, long now) {
    var operands = op.info().operands();
    long[] values = new long[operands.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(operands.get(i), op.info().origin());
    }
    Entry entry = new Entry(op, values, now);
    sim.bounds.check(this, entry);
    held.add(entry);
    return entry;
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
        Sem sem = site.sem(sync.family(), head.values[1], head);
        if (sync.isWait()) {
          if (!sem.take(this, sync.count())) {
            waitsFor = sem;
            waitsSince = now;
            return;
          }
          took(sem, sync.count());
          leave(now);
        } else {
          leave(now);
          signal(head, now);
        }
      } else {
        if (unitFree > now) {
          retryAt(unitFree);
          return;
        }
        leave(now);
        begin(head, now);
      }
    }
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
    head.epoch = epoch;
    head.transaction = transaction;
    if (head.endsGroup) {
      groups--;
      core.wake(now);
    }
  }

  private void begin(Entry entry, long now) {
    issueStall += Math.max(0, entry.issued - unitFree);
    semaphoreStall += now - Math.max(unitFree, entry.issued);
    entry.start = now;
    begun.add(entry);
    unit.begin(entry, now);
  }

  /// The engine knows when `entry` will be done: values are in place then.
  void finishAt(Entry entry, long done) {
    entry.done = done;
    sim.events.at(done, retire);
  }

  private void retire(long now) {
    while (!begun.isEmpty()) {
      Entry head = begun.element();
      if (!(head.op instanceof Op.Sync) && head.done > now) {
        return;
      }
      begun.remove();
      if (head.op instanceof Op.Sync) {
        emit(head, now);
      } else {
        sim.complete(this, head, now);
      }
    }
  }

  // ---- synchronisation

  int wanted() {
    return ((Op.Sync) held.element().op).count();
  }

  /// Whether readers of `buffer` signal `family`, so that a wait for it before writing the buffer
  /// means that the buffer was handed back.
  boolean handsBack(Program.Buffer buffer, Program.Semaphore family) {
    var key = new HandBack(buffer, family);
    return handBacks.computeIfAbsent(key, _ -> sim.releases.handsBack(buffer, family, code.name()));
  }

  /// The semaphore this queue waited for gave its counts.
  void granted(long now) {
    Sem sem = java.util.Objects.requireNonNull(waitsFor);
    waitsFor = null;
    took(sem, wanted());
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
    Sem sem = site.sem(sync.family(), entry.values[1], entry);
    if (sim.watched) {
      Watch.release(sem, sync.count(), this, entry);
    }
    long latency = sim.signalPicoseconds(sem.family.scope());
    sim.events.at(now + latency, time -> sem.give(sync.count(), entry.clock, entry, time));
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
