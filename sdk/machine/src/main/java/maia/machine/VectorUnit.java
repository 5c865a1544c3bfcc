package maia.machine;

import maia.base.Check;

/// The vector processor (TVP) of a tile.
///
/// @param lanes32 lanes for 32-bit types
/// @param lanes16 lanes for 16-bit and narrower types
/// @param flopsPerLanePerCycle floating-point operations per lane and cycle
/// @param transcendentalFlops operations one exp, log, tanh, erf, sin, cos, division or square root
///   counts as
/// @param startCycles cycles from the start of an instruction to its first result
public record VectorUnit(
    int lanes32, int lanes16, int flopsPerLanePerCycle, int transcendentalFlops, int startCycles) {
  public VectorUnit {
    Check.argument(
        lanes32 > 0 && lanes16 > 0 && flopsPerLanePerCycle > 0 && transcendentalFlops > 0,
        "vector unit: lanes and rates must be positive, was %d and %d lanes, %d flop per lane and cycle, %d per"
            + " transcendental",
        lanes32,
        lanes16,
        flopsPerLanePerCycle,
        transcendentalFlops);
  }
}
