package maia.npl;

import java.util.List;
import maia.machine.VectorUnit;
import maia.numerics.DType;

/// Cycles of the irregular instructions of the vector processor beyond the start of an instruction.
/// Estimate and simulator share these formulas.
///
/// None of them is published; each is what the published lanes would need for the plainest program
/// that keeps the fixed order of the results, so they are assumed.
public final class VectorTime {
  private static final int BYTE = 8;

  private VectorTime() {}

  /// Elements per cycle that the vector processor moves between lanes ('Reshape/vector lane
  /// counts': INT8 512, INT16 and 16-bit float 256, narrower floats 256, INT32 and FP32 128; half
  /// of that for 64-bit integers is assumed).
  public static int reshapeLanes(VectorUnit tvp, DType type) {
    if (type.bits() <= BYTE && !type.isFloat()) {
      return 2 * tvp.lanes16();
    }
    return switch (type.bits()) {
      case Long.SIZE -> Math.max(1, tvp.lanes32() / 2);
      case Integer.SIZE -> tvp.lanes32();
      default -> tvp.lanes16();
    };
  }

  /// Cycles that the picks of an expression over `elements` take: one pass of the reshape lanes
  /// each.
  public static long picks(VectorUnit tvp, List<DType> picked, long elements) {
    long cycles = 0;
    for (DType type : picked) {
      cycles += Math.ceilDiv(elements, (long) reshapeLanes(tvp, type));
    }
    return cycles;
  }

  /// Cycles of `length` steps that wait for each other, each over `lines` elements: a step takes
  /// its passes, and the start latency because it needs the result of the one before.
  public static long fold(VectorUnit tvp, long lines, long length, int flops, int bits) {
    return Math.max(0, length - 1) * tvp.cycles(lines, flops, bits);
  }

  /// Cycles of a bitonic network over `lines` lines of `length`: one pass over all elements per
  /// stage.
  public static long sort(VectorUnit tvp, long lines, int length, int bits) {
    int levels = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, length) - 1);
    long pass = Math.ceilDiv(lines << levels, (long) tvp.lanes(bits));
    return pass * levels * (levels + 1) / 2;
  }

  /// Cycles of a histogram: one element after the other, or a comparison of all with every bin
  /// where that is faster.
  public static long histogram(VectorUnit tvp, long elements, long bins) {
    return Math.min(elements, bins * Math.ceilDiv(elements, (long) tvp.lanes(Integer.SIZE)));
  }

  /// Cycles of an fp32 product, the start included: its lanes at their full rate.
  public static long product(VectorUnit tvp, long m, long n, long k) {
    long perCycle = (long) tvp.lanes32() * tvp.flopsPerLanePerCycle();
    return tvp.startCycles() + Math.ceilDiv(2 * m * n * k, perCycle);
  }
}
