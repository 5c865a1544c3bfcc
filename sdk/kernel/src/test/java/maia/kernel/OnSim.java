package maia.kernel;

import java.util.List;
import maia.base.Rich;
import maia.machine.Machine;
import maia.sim.Launch;
import maia.sim.Options;
import maia.sim.RunRecord;
import maia.sim.Simulator;

/// Runs kernel calls on the simulator, all checks on, and in the interpreter: both must leave the
/// same bits.
record OnSim(Machine machine) implements Launcher {
  @Override
  public Run launch(KernelCall call) {
    KernelCall twin = call.mode() == KernelCall.Mode.COMPUTE ? Twin.of(call) : call;
    Finished run = simulate(call, machine);
    if (call.mode() == KernelCall.Mode.COMPUTE) {
      twin.interpret();
      Twin.assertSame("interpreter against simulator", twin, call);
    }
    return run;
  }

  /// On the simulator only.
  static Finished simulate(KernelCall call, Machine machine) {
    Compiled compiled = Compiler.compile(call.func(), machine, call.grid());
    Options options =
        call.mode() == KernelCall.Mode.COMPUTE ? Options.defaults() : Options.timingOnly();
    Launch launch = new Launch(call.arrays(), call.scalars(), call.grid(), options);
    return new Finished(Simulator.on(machine).run(compiled.program(), launch), compiled.stages());
  }

  /// A run that only carries its record.
  record Finished(RunRecord run, List<Stage> stages) implements Run {
    @Override
    public long cycles() {
      return run.cycles();
    }

    @Override
    public long picoseconds() {
      return run.picoseconds();
    }

    @Override
    public double joules() {
      return run.energy().total();
    }

    @Override
    public String bound() {
      return run.bound().toString();
    }

    @Override
    public Rich report() {
      return () -> Rich.bundle("text/plain", run.toString());
    }

    @Override
    public String traceJson() {
      return "";
    }
  }
}
