package maia.sim;

import java.util.Arrays;
import maia.base.Check;
import maia.base.Origin;
import maia.base.Stop;
import maia.npl.Builtin;
import maia.npl.Endless;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import org.jspecify.annotations.Nullable;

/// The control stream of one queue: a program counter and registers, evaluated step by step and
/// never unrolled.
final class ControlStream {
  private static final int POLL = 0xffff;

  private final QueueCode code;
  private final Ordering ordering;
  private final Registers registers;
  private final int tile;

  /// How often the loop that ends at a step has gone round.
  private final long[] rounds;

  /// By step, the entry taken last.
  private final @Nullable Entry[] latest;

  private int pc;
  private int controlSteps;

  /// Whether the value of a register is on its way.
  private boolean isWaiting;

  /// Whether loops within loops take their first and last turn only.
  private final boolean isSketch;

  /// Loops around the next instruction.
  private int depth;

  /// How many turns the current one stands for, by loop around it.
  private double[] standsFor = {1, 1, 1, 1};

  ControlStream(Simulation sim, Site site, QueueCode code) {
    this(sim, site, code, false);
  }

  /// A stream that takes only the first and the last turn of loops within loops, if `isSketch`.
  ControlStream(Simulation sim, Site site, QueueCode code, boolean isSketch) {
    this.isSketch = isSketch;
    this.code = code;
    this.ordering = sim.ordering;
    this.tile = site.tile;
    this.rounds = new long[code.steps().length];
    this.latest = new Entry[code.steps().length];
    this.registers = new Registers(code.registers());
    registers.set(register(Builtin.TILE), site.tile);
    registers.set(register(Builtin.TILES), sim.tiles);
    registers.set(register(Builtin.LANE), site.lane);
    registers.set(register(Builtin.LANES), Math.min(sim.tiles, sim.machine.tilesPerCluster()));
    registers.set(register(Builtin.CLUSTER), site.cluster);
    registers.set(register(Builtin.PROGRAMS), sim.launch.programs());
    for (int d = 0; d < 3; d++) {
      var grid = sim.launch.grid();
      registers.set(register(Builtin.grid(d)), d < grid.size() ? grid.get(d) : 1);
    }
  }

  private int register(String builtin) {
    return Check.present(code.builtins().get(builtin), "ControlStream", builtin);
  }

  /// The next instruction, or null at the end; moves over control steps to find it.
  @Nullable Op peek() {
    if (isWaiting) {
      return null;
    }
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
        registers.set(register, value(value, origin));
        pc++;
      }
      case Step.Jump(int target) -> {
        rounds(target);
        pc = target;
      }
      case Step.Branch(var condition, int target, var origin) -> {
        boolean goesOn = value(condition, origin) != 0;
        rounds[target - 1] = goesOn ? rounds[target - 1] : 0; // a loop that ends here
        pc = goesOn ? pc + 1 : target;
      }
      case Step.Enter e -> enter(e);
      case Step.Next(int at, int variable, int body, boolean isPrograms, _) -> {
        long next = following(at);
        boolean again =
            registers.get(at + 2) > 0
                ? next < registers.get(at + 1) && next > registers.get(at)
                : next > registers.get(at + 1) && next < registers.get(at);
        registers.set(at, next);
        if (again) {
          registers.set(variable, isPrograms ? ordering.program(next) : next);
        }
        pc = again ? body : pc + 1;
        depth -= again ? 0 : 1;
      }
    }
  }

  /// Counts the rounds of a loop that jumps back to its condition.
  private void rounds(int target) {
    if (target > pc || ++rounds[pc] <= Endless.WHILE_ROUNDS) {
      return;
    }
    Origin origin = Origin.NONE;
    for (int i = target; i < pc; i++) {
      if (code.steps()[i] instanceof Step.Branch(_, int exit, var line) && exit == pc + 1) {
        origin = line;
      }
    }
    throw new NplException(
        Category.ENDLESS,
        "while on %s of tile %d: has gone round %d times and goes on; a tile runs its programs one after the other, so what a program waits for from a later one does not come"
            .formatted(code.name(), tile, Endless.WHILE_ROUNDS),
        origin);
  }

  private void enter(long turns) {
    depth++;
    if (isSketch) {
      if (depth == standsFor.length) {
        standsFor = Arrays.copyOf(standsFor, 2 * depth);
      }
      standsFor[depth] = standsFor[depth - 1] * (depth > 1 && turns > 1 ? turns / 2.0 : 1);
    }
  }

  /// The counter of the next turn of the loop whose registers start at `at`.
  private long following(int at) {
    long step = registers.get(at + 2);
    long counter = registers.get(at);
    if (isSketch && depth > 1) {
      long end = registers.get(at + 1) - Long.signum(step);
      long last = end - (end - counter) % step;
      return last == counter ? last + step : last;
    }
    return counter + step;
  }

  private void enter(Step.Enter e) {
    long from = value(e.from(), e.origin());
    long to = value(e.to(), e.origin());
    long step = value(e.step(), e.origin());
    if (step == 0) {
      throw new NplException(Category.STRUCTURE, "repeat: the step must not be zero", e.origin());
    }
    if (!e.isPrograms() && Endless.isTooLong(from, to, step)) {
      throw new NplException(
          Category.ENDLESS,
          "repeat: from %d to %d by %d takes %.4g rounds, at most %d are run"
              .formatted(from, to, step, Endless.rounds(from, to, step), Endless.RANGE_ROUNDS),
          e.origin());
    }
    registers.set(e.at(), from);
    registers.set(e.at() + 1, to);
    registers.set(e.at() + 2, step);
    registers.set(e.variable(), e.isPrograms() ? ordering.program(from) : from);
    boolean isEmpty = step > 0 ? from >= to : from <= to;
    pc = isEmpty ? e.exit() : pc + 1;
    if (!isEmpty) {
      enter((to - from + step - Long.signum(step)) / step);
    }
  }

  private long value(IntFunction function, Origin origin) {
    try {
      return function.of(registers);
    } catch (ArithmeticException e) {
      throw new NplException(
          Category.STRUCTURE, "integer expression: %s".formatted(e.getMessage()), origin);
    }
  }

  /// The value that the last instruction fetched is there.
  void fetched(Op.Fetch op, long value) {
    registers.set(op.register(), value);
    isWaiting = false;
  }

  /// How often the instruction taken last is issued, in a stream that leaves out turns.
  double turns() {
    return standsFor[depth];
  }

  /// Moves behind the instruction that [#peek] found.
  void skip() {
    pc++;
  }

  /// The last entry of the instruction that [#peek] found, if it is none that moves data and its
  /// sizes are the same this time; then moves behind it.
  @Nullable Entry again(Op op) {
    Entry earlier = latest[pc];
    if (earlier == null || earlier.plan != null || op instanceof Op.Fetch) {
      return null;
    }
    for (int operand : op.info().limits()) {
      if (value(op.info().operands()[operand], op.info().origin()) != earlier.values[operand]) {
        return null;
      }
    }
    pc++;
    return earlier;
  }

  /// The instruction that [#peek] found, with its operands evaluated; moves behind it.
  Entry take(Op op, long now) {
    IntFunction[] operands = op.info().operands();
    long[] values = new long[operands.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(operands[i], op.info().origin());
    }
    pc++;
    isWaiting = op instanceof Op.Fetch;
    if (op instanceof Op.Sync) {
      return new Entry(op, values, now, null);
    }
    var entry = new Entry(op, values, now, latest[pc - 1]);
    latest[pc - 1] = entry;
    return entry;
  }
}
