package maia.machine;

/// The vector processor (TVP) of a tile.
///
/// @param lanes32 lanes for 32-bit types
/// @param lanes16 lanes for 16-bit and narrower types
/// @param flopsPerLanePerCycle floating-point operations per lane and cycle
/// @param transcendentalFlops operations one exp, log, tanh, erf, sin, cos, division or square root
///   counts as
/// @param startCycles cycles from the start of an instruction to its first result
public record VectorUnit(
    int lanes32, int lanes16, int flopsPerLanePerCycle, int transcendentalFlops, int startCycles) {}
