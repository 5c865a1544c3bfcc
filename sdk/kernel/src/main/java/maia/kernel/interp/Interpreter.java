package maia.kernel.interp;

import java.util.ArrayList;
import java.util.List;
import maia.base.Origin;
import maia.base.Stop;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;

/// Runs the recorded function of a call on its arrays, one program of the grid after another.
/// Values only: nothing is timed. One run stays on the calling thread; several threads may run at
/// once.
public final class Interpreter {
  /// Whether accesses are checked.
  public enum Checks {
    /// Every access lies inside its array, outputs are written completely and once, no program
    /// reads what another writes.
    ON,
    /// None of that: for measurements only.
    OFF,
  }

  private Interpreter() {}

  /// Runs every program of a grid of one to three sizes, from program 0 on. `arguments` fit the
  /// parameters of `func`: an array with memory, a float or a long each.
  public static Interpretation run(
      Func func, List<Integer> grid, List<Object> arguments, Checks checks) {
    return run(func, grid, arguments, checks, Order.ASCENDING);
  }

  /// The same in another order of the programs.
  public static Interpretation run(
      Func func, List<Integer> grid, List<Object> arguments, Checks checks, Order order) {
    try {
      return new Launch(func, grid, arguments, checks).run(order);
    } catch (KernelException mistake) {
      throw mistake.without(Interpreter::isOwn);
    }
  }

  /// Whether a class, named, belongs to this package and not to the user.
  public static boolean isOwn(String className) {
    return className.startsWith("maia.kernel.interp.");
  }

  /// One run.
  private static final class Launch {
    private final Func func;
    private final Checks checks;
    private final Instance program;
    private final Operations operations;
    private final Arguments arguments;
    private final Node[] nodes;
    private final List<String> prints = new ArrayList<>();

    Launch(Func func, List<Integer> grid, List<Object> list, Checks checks) {
      this.func = func;
      this.checks = checks;
      program = new Instance(grid, prints::add);
      arguments = Arguments.of(func, list);
      Emission emission = new Emission(Emission.Mode.PLAN);
      Terms terms = new Terms(emission, program, arguments);
      operations = new Operations(emission, terms, program, arguments, checks);
      new Planner(func, emission, terms, operations, program);
      nodes = emission.nodes();
    }

    Interpretation run(Order order) {
      try {
        for (int p : order.of(Math.toIntExact(program.programs()))) {
          Stop.poll("the interpreter");
          program.start(p);
          Node.all(nodes);
        }
      } finally {
        arguments.written();
      }
      Origin start = new Origin(func.name(), 1, "");
      for (Bound array : arguments.arrays()) {
        Shadow shadow = operations.shadow(array.name);
        if (shadow != null) {
          shadow.verifyCoverage(start);
        }
      }
      return new Interpretation(func.name(), program.programs(), checks, prints);
    }
  }
}
