package maia.machine;

import java.util.Map;
import maia.numerics.DType;

/// Power and energy per event.
///
/// @param thermalDesignWatts the chip's TDP
/// @param idleWatts power that flows whatever runs
/// @param tensorPicojoulesPerFlop tensor unit, by input type; operand reads included
/// @param vectorPicojoulesPerFlop vector processor
/// @param hbmPicojoulesPerBit off-chip memory
/// @param csramPicojoulesPerByte cluster SRAM port
/// @param tsramPicojoulesPerByte tile SRAM, for DMA traffic
/// @param networkPicojoulesPerBit scale-up network
public record Energy(
    double thermalDesignWatts,
    double idleWatts,
    Map<DType, Double> tensorPicojoulesPerFlop,
    double vectorPicojoulesPerFlop,
    double hbmPicojoulesPerBit,
    double csramPicojoulesPerByte,
    double tsramPicojoulesPerByte,
    double networkPicojoulesPerBit) {
  public Energy {
    tensorPicojoulesPerFlop = ByType.copy(tensorPicojoulesPerFlop);
  }
}
