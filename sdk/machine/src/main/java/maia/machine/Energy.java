package maia.machine;

import java.util.EnumMap;
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
/// @param voltage how on-chip energies and idle power follow the clock; HBM and network do not
public record Energy(
    double thermalDesignWatts,
    double idleWatts,
    Map<DType, Double> tensorPicojoulesPerFlop,
    double vectorPicojoulesPerFlop,
    double hbmPicojoulesPerBit,
    double csramPicojoulesPerByte,
    double tsramPicojoulesPerByte,
    double networkPicojoulesPerBit,
    Voltage voltage) {
  public Energy {
    tensorPicojoulesPerFlop = ByType.copy(tensorPicojoulesPerFlop);
  }

  /// These figures at another tile clock: energies of on-chip units and the idle power scale with
  /// the square of the voltage.
  public Energy at(double hertz) {
    double scale = voltage.energyScale(hertz);
    Map<DType, Double> tensor = new EnumMap<>(DType.class);
    tensorPicojoulesPerFlop.forEach((type, pj) -> tensor.put(type, pj * scale));
    return new Energy(
        thermalDesignWatts,
        idleWatts * scale,
        tensor,
        vectorPicojoulesPerFlop * scale,
        hbmPicojoulesPerBit,
        csramPicojoulesPerByte * scale,
        tsramPicojoulesPerByte * scale,
        networkPicojoulesPerBit,
        voltage);
  }
}
