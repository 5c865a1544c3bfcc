package maia.machine;

import maia.base.Check;

/// The vector processor (TVP) of a tile. It streams an instruction's elements through its lanes: a
/// group of lanes enters per cycle at most, and the operations of consecutive groups share the
/// arithmetic units of a lane.
///
/// @param lanes32 lanes for 32-bit types
/// @param lanes16 lanes for 16-bit and narrower types
/// @param flopsPerLanePerCycle floating-point operations per lane and cycle
/// @param exponentialFlops operations one exp or exp2 counts as
/// @param transcendentalFlops operations one log, tanh, erf, sin, cos, division or square root
///   counts as
/// @param startCycles cycles from the start of an instruction to its first result
public record VectorUnit(
    int lanes32,
    int lanes16,
    int flopsPerLanePerCycle,
    int exponentialFlops,
    int transcendentalFlops,
    int startCycles) {
  private static final int WIDE_BITS = 16;

  public VectorUnit {
    Check.argument(
        lanes32 > 0
            && lanes16 > 0
            && flopsPerLanePerCycle > 0
            && exponentialFlops > 0
            && transcendentalFlops > 0,
        "vector unit: lanes and rates must be positive, was %d and %d lanes, %d flop per lane and cycle, %d per"
            + " exponential, %d per transcendental",
        lanes32,
        lanes16,
        flopsPerLanePerCycle,
        exponentialFlops,
        transcendentalFlops);
  }

  /// Lanes for a type of `bits` bits.
  public int lanes(int bits) {
    return bits <= WIDE_BITS ? lanes16 : lanes32;
  }

  /// Cycles of an instruction over `elements` of at most `bits` bits with `flops` operations each:
  /// the start, then a cycle per group of lanes, or what the operations take if that is longer.
  public long cycles(long elements, int flops, int bits) {
    long groups = Math.ceilDiv(elements, (long) lanes(bits));
    return startCycles
        + Math.max(groups, Math.ceilDiv(groups * flops, (long) flopsPerLanePerCycle));
  }
}
