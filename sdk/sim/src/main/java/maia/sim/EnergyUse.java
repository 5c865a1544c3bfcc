package maia.sim;

/// Energy of a run in joules, by where it went.
///
/// @param idle what flows whatever runs
/// @param tensor tensor units
/// @param vector vector processors
/// @param hbm off-chip memory
/// @param csram cluster SRAM
/// @param tsram tile SRAM
/// @param network scale-up network
public record EnergyUse(
    double idle,
    double tensor,
    double vector,
    double hbm,
    double csram,
    double tsram,
    double network) {
  /// All of it.
  public double total() {
    return idle + tensor + vector + hbm + csram + tsram + network;
  }
}
