package maia.plan;

import maia.base.Check;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.runtime.Report;
import maia.runtime.Session;
import maia.runtime.SessionRun;
import maia.sim.Bound;
import maia.sim.Options;
import maia.tensor.Tensor;

/// The library kernel, compiled for the chip and simulated without values.
public final class SimulatedCost implements OperatorCost {
  private static final Options OPTIONS = Options.timingOnly().withTraceLimit(0);

  /// A cost that simulates anew at every call.
  public SimulatedCost() {}

  @Override
  public OperatorEstimate estimate(Operator operator, Precision precision, Machine chip) {
    return switch (operator) {
      case Operator.Linear linear -> linear(linear, precision, chip);
      case Operator.Attention _, Operator.Pointwise _ ->
          throw new IllegalArgumentException(
              "%s is not simulated by this cost; linear layers are, use AnalyticCost for the rest"
                  .formatted(operator));
    };
  }

  private static OperatorEstimate linear(Operator.Linear op, Precision precision, Machine chip) {
    Check.argument(
        precision.output() instanceof DType,
        "linear: simulated with a scalar result type, asked for %s; give a DType as output",
        precision.output().label());
    DType output = (DType) precision.output();
    Tensor x = Tensor.meta(precision.activations(), op.m(), op.k());
    Tensor w = Tensor.meta(precision.weights(), op.n(), op.k());
    SessionRun run =
        Session.on(chip).with(OPTIONS).run("linear", t -> t.linear(w, DType.F32).to(output), x);
    long bytes = run.report().lines().stream().mapToLong(Report.Line::hbmBytes).sum();
    return new OperatorEstimate(
        run.picoseconds() * 1e-12, run.joules(), bytes, op.flops(), bound(run), "simulated");
  }

  /// A linear layer and the rounding of its result are one kernel.
  private static Bound.Kind bound(SessionRun run) {
    return run.kernels().getFirst().record().bound().kind();
  }
}
