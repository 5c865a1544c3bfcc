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
      case Operator.Attention attention -> {
        double bytes = attention.cacheElements() * bytesPerElement(precision.weights());
        yield bound(attention, slower(precision, chip), bytes, chip);
      }
      case Operator.Pointwise pointwise -> {
        double bytes = pointwise.elements() * bytesPerElement(precision.activations());
        yield vectorBound(pointwise, bytes, chip);
      }
    };
  }

  private static OperatorEstimate linear(Operator.Linear op, Precision precision, Machine chip) {
    return bound(op, slower(precision, chip), linearBytes(op, precision), chip);
  }

  /// Bytes of both operands and the result.
  static double linearBytes(Operator.Linear op, Precision precision) {
    return bytes(precision.activations(), op.m(), op.k())
        + bytes(precision.weights(), op.n(), op.k())
        + bytes(precision.output(), op.m(), op.n());
  }

  /// The input type that decides the tensor unit's rate; refused when the chip takes neither.
  static DType slower(Precision precision, Machine chip) {
    DType a = Precision.element(precision.activations());
    DType w = Precision.element(precision.weights());
    DType slower = chip.ttu().macsPerCycle(a) <= chip.ttu().macsPerCycle(w) ? a : w;
    Check.argument(
        chip.peakFlops(slower) > 0,
        "linear: the tensor unit of %s does not take %s x %s inputs; choose bf16, fp8, fp6 or fp4",
        chip.name(),
        precision.activations().label(),
        precision.weights().label());
    return slower;
  }

  private static OperatorEstimate bound(Operator op, DType type, double bytes, Machine chip) {
    Energy energy = chip.energy();
    double picojoules = energy.tensorPicojoulesPerFlop().getOrDefault(type, 0.0);
    return bound(op, op.flops() / chip.peakFlops(type), picojoules, bytes, chip, Bound.Kind.TENSOR);
  }

  private static OperatorEstimate vectorBound(Operator op, double bytes, Machine chip) {
    double picojoules = chip.energy().vectorPicojoulesPerFlop();
    double compute = op.flops() / chip.peakVectorFlops();
    return bound(op, compute, picojoules, bytes, chip, Bound.Kind.VECTOR);
  }

  private static OperatorEstimate bound(
      Operator op,
      double compute,
      double picojoulesPerFlop,
      double bytes,
      Machine chip,
      Bound.Kind unit) {
    double memory = bytes / chip.hbm().bytesPerSecond();
    double seconds = Math.max(compute, memory);
    Energy energy = chip.energy();
    double joules =
        energy.idleWatts() * seconds
            + op.flops() * picojoulesPerFlop * 1e-12
            + bytes * 8 * energy.hbmPicojoulesPerBit() * 1e-12;
    return new OperatorEstimate(
        seconds, joules, bytes, op.flops(), compute >= memory ? unit : Bound.Kind.HBM, "roofline");
  }

  /// Bytes an element takes, its share of a block scale included.
  static double bytesPerElement(ElementType type) {
    return switch (type) {
      case DType scalar -> scalar.bits() / 8.0;
      case BlockFormat format ->
          format.element().bits() / 8.0 + format.scale().bits() / 8.0 / format.block();
    };
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
