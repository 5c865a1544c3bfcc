package maia.plan;

import maia.base.Check;
import maia.machine.Energy;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.sim.Bound;

/// The lower bound on time: every byte moves once at peak bandwidth, every operation runs at peak
/// rate, and the two overlap perfectly.
public final class Roofline implements OperatorCost {
  /// The bound; it has no settings.
  public Roofline() {}

  @Override
  public OperatorEstimate estimate(Operator operator, Precision precision, Machine chip) {
    return switch (operator) {
      case Operator.Linear linear -> linear(linear, precision, chip);
    };
  }

  private static OperatorEstimate linear(Operator.Linear op, Precision precision, Machine chip) {
    DType a = Precision.element(precision.activations());
    DType w = Precision.element(precision.weights());
    DType slower = chip.ttu().macsPerCycle(a) <= chip.ttu().macsPerCycle(w) ? a : w;
    double peak = chip.peakFlops(slower);
    Check.argument(
        peak > 0,
        "linear: the tensor unit of %s does not take %s x %s inputs; choose bf16, fp8, fp6 or fp4",
        chip.name(),
        precision.activations().label(),
        precision.weights().label());
    double bytes =
        bytes(precision.activations(), op.m(), op.k())
            + bytes(precision.weights(), op.n(), op.k())
            + bytes(precision.output(), op.m(), op.n());
    double compute = op.flops() / peak;
    double memory = bytes / chip.hbm().bytesPerSecond();
    double seconds = Math.max(compute, memory);
    Energy energy = chip.energy();
    double joules =
        energy.idleWatts() * seconds
            + op.flops() * energy.tensorPicojoulesPerFlop().getOrDefault(slower, 0.0) * 1e-12
            + bytes * 8 * energy.hbmPicojoulesPerBit() * 1e-12;
    return new OperatorEstimate(
        seconds,
        joules,
        bytes,
        op.flops(),
        compute >= memory ? Bound.Kind.TENSOR : Bound.Kind.HBM,
        "roofline");
  }

  /// Bytes of a matrix; no block crosses the end of a row.
  private static double bytes(ElementType type, long rows, long columns) {
    return switch (type) {
      case DType scalar -> scalar.bytes(rows * columns);
      case BlockFormat format ->
          format.element().bytes(rows * columns)
              + format.scale().bytes(rows * Math.ceilDiv(columns, (long) format.block()));
    };
  }
}
