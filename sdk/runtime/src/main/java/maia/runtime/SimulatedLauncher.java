package maia.runtime;

import maia.kernel.Compiled;
import maia.kernel.Compiler;
import maia.kernel.KernelCall;
import maia.kernel.Launcher;
import maia.kernel.ir.KernelException;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.npl.NplException;
import maia.sim.Debugger;
import maia.sim.Exploration;
import maia.sim.Explore;
import maia.sim.Launch;
import maia.sim.Options;
import maia.sim.RunRecord;
import maia.sim.Simulator;

/// Compiles a kernel call for a chip and simulates it: values, time and energy in one pass.
public final class SimulatedLauncher implements Launcher {
  private final Machine machine;
  private final Options options;

  /// A launcher for Maia 200 at its headline clock, with every check on.
  public SimulatedLauncher() {
    this(Chip.MAIA_200, Options.defaults());
  }

  /// A launcher for `machine`.
  ///
  /// @param machine the chip
  /// @param options checks and trace length; whether values are computed is decided by each call
  public SimulatedLauncher(Machine machine, Options options) {
    this.machine = machine;
    this.options = options;
  }

  @Override
  public Machine machine() {
    return machine;
  }

  @Override
  public String timingBasis() {
    return getClass().getName() + " " + options.schedule();
  }

  @Override
  public KernelRun launch(KernelCall call) {
    Compiled compiled = compile(call);
    Options chosen = options(call);
    RunRecord record = simulate(compiled, KernelRun.launch(call, chosen));
    return new KernelRun(call, compiled, chosen, record);
  }

  /// Compiles `call` and stops before its first cycle. The debugger works on copies of the arrays.
  public Debugger debug(KernelCall call) {
    Launch launch = KernelRun.launch(call, options(call));
    return Simulator.on(machine).debug(compile(call).program(), launch);
  }

  /// Runs `call` eagerly, with late copies and in `seeds` random orders, and compares the bits of
  /// the results. Afterwards the arrays hold the eager ones.
  public Exploration explore(KernelCall call, int seeds) {
    Launch launch = KernelRun.launch(call, options(call));
    return Explore.on(machine).run(compile(call).program(), launch, seeds);
  }

  private Options options(KernelCall call) {
    Options.Values values =
        switch (call.mode()) {
          case COMPUTE -> Options.Values.COMPUTE;
          case TIMING_ONLY -> Options.Values.TIMING_ONLY;
        };
    Options.Clusters clusters =
        values == Options.Values.COMPUTE ? Options.Clusters.ALL : options.clusters();
    return new Options(
        values, options.checks(), options.traceLimit(), options.schedule(), clusters);
  }

  /// A mistake in the kernel shows with the user's own frame first.
  private Compiled compile(KernelCall call) {
    try {
      return Compiler.compile(call.func(), machine, call.grid());
    } catch (KernelException mistake) {
      mistake.dropInnerFrames(SimulatedLauncher::isOwn);
      throw mistake;
    }
  }

  private RunRecord simulate(Compiled compiled, Launch launch) {
    try {
      return Simulator.on(machine).run(compiled.program(), launch);
    } catch (NplException mistake) {
      mistake.dropInnerFrames(SimulatedLauncher::isOwn);
      throw mistake;
    }
  }

  private static boolean isOwn(String className) {
    boolean kernel =
        className.startsWith("maia.kernel.") && !className.startsWith("maia.kernel.library.");
    boolean below =
        className.startsWith("maia.sim.")
            || className.startsWith("maia.npl.")
            || className.startsWith("maia.runtime.");
    return (kernel || below) && !className.endsWith("Test");
  }
}
