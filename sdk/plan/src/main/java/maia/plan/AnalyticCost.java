package maia.plan;

import maia.base.Check;
import maia.machine.Energy;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.sim.Bound;

/// A closed formula over the mechanisms that the simulator runs: what a path to memory can have in
/// flight over its latency, padding to the tensor unit's block, vector rates. No constant depends
/// on the operator; launch overhead is not included.
///
/// Weights stream through the cluster DMA (as the library's matrix product does), the cache and
/// element-wise operands, which no two tiles share, through the tile DMA.
public final class AnalyticCost implements OperatorCost {
  /// Operations of the vector unit for a score of an online softmax besides its exponential.
  private static final int SCORE_FLOPS = 9;

  /// The formula; it has no settings.
  public AnalyticCost() {}

  @Override
  public OperatorEstimate estimate(Operator operator, Precision precision, Machine chip) {
    return switch (operator) {
      case Operator.Linear op -> linear(op, precision, chip);
      case Operator.Attention op -> attention(op, precision, chip);
      case Operator.Pointwise op -> {
        double bytes = op.elements() * Roofline.bytesPerElement(precision.activations());
        yield estimate(
            op,
            chip,
            DType.BF16,
            0,
            op.flops() / chip.peakVectorFlops(),
            bytes,
            bytes / tilePath(chip));
      }
    };
  }

  /// Bytes per second of all cluster DMAs together: what they have in flight over the latency,
  /// their own rate, what HBM streams.
  static double clusterPath(Machine chip) {
    return path(
        chip,
        (double) chip.clusters() * chip.clusterDma().channels(),
        chip.clusterDma().outstandingBytes(),
        chip.clusterDma().bytesPerCycle());
  }

  /// As [#clusterPath], of all tile DMAs.
  static double tilePath(Machine chip) {
    return path(
        chip,
        (double) chip.tiles() * chip.tileDma().channels(),
        chip.tileDma().outstandingBytes(),
        chip.tileDma().bytesPerCycle());
  }

  private static double path(Machine chip, double channels, double inFlight, double perCycle) {
    double latency = chip.hbm().latencyPicoseconds() * 1e-12;
    double reach = channels * Math.min(inFlight / latency, perCycle * chip.clockHertz());
    return Math.min(reach, chip.hbm().streamBytesPerSecond());
  }

  private static OperatorEstimate linear(Operator.Linear op, Precision precision, Machine chip) {
    DType slower = Roofline.slower(precision, chip);
    long rows = Math.ceilDiv(op.m(), chip.ttu().rows()) * (long) chip.ttu().rows();
    long columns = Math.ceilDiv(op.n(), chip.ttu().columns()) * (long) chip.ttu().columns();
    double tensor = 2.0 * rows * columns * op.k() / chip.peakFlops(slower);
    double bytes = Roofline.linearBytes(op, precision);
    return estimate(op, chip, slower, tensor, 0, bytes, bytes / clusterPath(chip));
  }

  private static OperatorEstimate attention(
      Operator.Attention op, Precision precision, Machine chip) {
    DType slower = Roofline.slower(precision, chip);
    double padding = padded(op.queries() * (op.heads() / op.kvHeads()), chip.ttu().rows());
    double tensor = op.flops() * padding / chip.peakFlops(slower);
    double perScore = SCORE_FLOPS + chip.tvp().transcendentalFlops();
    double vector = op.scores() * perScore / chip.peakVectorFlops();
    double queries = 2.0 * op.batch() * op.queries() * op.heads() * op.headDim();
    double bytes =
        op.cacheElements() * Roofline.bytesPerElement(precision.weights())
            + queries * Roofline.bytesPerElement(precision.activations());
    return estimate(op, chip, slower, tensor, vector, bytes, bytes / tilePath(chip));
  }

  private static double padded(long size, int block) {
    return (double) (Math.ceilDiv(size, (long) block) * block) / size;
  }

  private static OperatorEstimate estimate(
      Operator op,
      Machine chip,
      DType type,
      double tensor,
      double vector,
      double bytes,
      double memory) {
    Check.invariant(memory >= 0, "AnalyticCost", "memory time %s", memory);
    double busiest = Math.max(memory, Math.max(tensor, vector));
    double seconds = busiest + chip.hbm().latencyPicoseconds() * 1e-12;
    Energy energy = chip.energy();
    double flopJoules =
        vector > 0 && tensor == 0
            ? op.flops() * energy.vectorPicojoulesPerFlop()
            : op.flops() * energy.tensorPicojoulesPerFlop().getOrDefault(type, 0.0);
    double joules =
        energy.idleWatts() * seconds
            + flopJoules * 1e-12
            + bytes * 8 * energy.hbmPicojoulesPerBit() * 1e-12;
    Bound.Kind bound =
        busiest == memory
            ? Bound.Kind.HBM
            : busiest == tensor ? Bound.Kind.TENSOR : Bound.Kind.VECTOR;
    return new OperatorEstimate(seconds, joules, bytes, op.flops(), bound, "analytic");
  }
}
