package maia.plan;

import java.util.List;
import maia.kernel.Compiler;
import maia.kernel.KernelCall;
import maia.machine.Machine;
import maia.npl.Program;
import maia.sim.Launch;
import maia.sim.Options;
import maia.sim.RunRecord;
import maia.sim.Simulator;

/// A kernel that is compiled once and simulated on arrays of several sizes, without values.
final class TimedKernel {
  private final Operator op;
  private final KernelCall call;
  private final Options options;
  private final Simulator simulator;
  private final Program program;

  /// The kernel of `call`, for `op`.
  TimedKernel(Operator op, KernelCall call, Machine chip, Options options) {
    this.op = op;
    this.call = call;
    this.options = options;
    simulator = Simulator.on(chip);
    program = Compiler.compile(call.func(), chip, call.grid()).program();
  }

  /// What the kernel takes with other arguments.
  OperatorEstimate time(List<Integer> grid, Object... arguments) {
    var sized = new KernelCall(call.func(), call.metas(), grid, List.of(arguments), call.mode());
    RunRecord run =
        simulator.run(program, new Launch(sized.arrays(), sized.scalars(), sized.grid(), options));
    return new OperatorEstimate(
        run.seconds(),
        run.energy().total(),
        run.counters().hbmBytes(),
        op.flops(),
        run.bound().kind(),
        OperatorEstimate.SIMULATED);
  }
}
