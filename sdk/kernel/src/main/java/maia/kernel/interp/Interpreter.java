package maia.kernel.interp;

import java.util.ArrayList;
import java.util.List;
import maia.base.Check;
import maia.base.Origin;
import maia.base.Stop;
import maia.kernel.KernelCall;
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

  /// Runs `call`, checked.
  public static Interpretation run(KernelCall call) {
    return run(call, Checks.ON);
  }

  /// Runs `call`, checked or not.
  public static Interpretation run(KernelCall call, Checks checks) {
    Check.argument(
        call.mode() == KernelCall.Mode.COMPUTE,
        "interpreter: it computes values and knows no time; call '%s' with arrays that have memory",
        call.func().name());
    try {
      return new Launch(call, checks).run();
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
    private final KernelCall call;
    private final Checks checks;
    private final Instance program;
    private final Operations operations;
    private final Arguments arguments;
    private final Node[] nodes;
    private final List<String> prints = new ArrayList<>();

    Launch(KernelCall call, Checks checks) {
      this.call = call;
      this.checks = checks;
      program = new Instance(call.grid(), prints::add);
      arguments = Arguments.of(call);
      Emission emission = new Emission(Emission.Mode.PLAN);
      Terms terms = new Terms(emission, program, arguments);
      operations = new Operations(emission, terms, program, arguments, checks);
      new Planner(call.func(), emission, terms, operations, program);
      nodes = emission.nodes();
    }

    Interpretation run() {
      for (long p = 0; p < program.programs(); p++) {
        Stop.poll("the interpreter");
        program.start(p);
        Node.all(nodes);
      }
      Origin start = new Origin(call.func().name(), 1, "");
      for (Bound array : arguments.arrays()) {
        Shadow shadow = operations.shadow(array.name);
        if (shadow != null) {
          shadow.verifyCoverage(start);
        }
      }
      return new Interpretation(call.func().name(), program.programs(), checks, prints);
    }
  }
}
