package maia.sim;

import java.util.List;
import maia.machine.Machine;
import maia.npl.NplException;
import maia.npl.Program;
import maia.npl.Program.Access;
import maia.npl.Program.ArrayParam;
import maia.npl.Verifier;
import maia.numerics.PackedWeights;
import org.jspecify.annotations.Nullable;

/// Runs tile programs on a machine.
public final class Simulator {
  private final Machine machine;

  /// The program verified last: nothing changes it.
  private volatile @Nullable Program verified;

  private Simulator(Machine machine) {
    this.machine = machine;
  }

  /// A simulator of `machine`.
  public static Simulator on(Machine machine) {
    return new Simulator(machine);
  }

  /// Verifies and runs `program`. Arrays of the launch that the program writes hold its results
  /// afterwards, unless only time was asked for. A mistake in the program is an
  /// [maia.npl.NplException]; interrupting the thread stops the run.
  public RunRecord run(Program program, Launch launch) {
    try {
      verify(program);
      return new Simulation(program, machine, launch).run();
    } catch (NplException mistake) { // with the user's own frame first
      mistake.dropInnerFrames(Simulator::isOwn);
      throw mistake;
    } finally {
      tell(program, launch);
    }
  }

  /// Whoever keeps what the arrays held learns that it may be out of date.
  private static void tell(Program program, Launch launch) {
    if (launch.options().values() == Options.Values.TIMING_ONLY) {
      return;
    }
    List<ArrayParam> parameters = program.arrays();
    for (int i = 0; i < Math.min(parameters.size(), launch.arrays().size()); i++) {
      if (parameters.get(i).access() != Access.IN) {
        PackedWeights.written(launch.arrays().get(i).segment());
      }
    }
  }

  /// Verifies `program` and stops before its first cycle. The debugger works on copies of the
  /// arrays of the launch.
  public Debugger debug(Program program, Launch launch) {
    verify(program);
    return new Debugger(program, machine, launch);
  }

  private void verify(Program program) {
    if (program != verified) {
      Verifier.verify(program, machine);
      verified = program;
    }
  }

  private static boolean isOwn(String className) {
    return (className.startsWith("maia.sim.") || className.startsWith("maia.npl."))
        && !className.endsWith("Test");
  }
}
