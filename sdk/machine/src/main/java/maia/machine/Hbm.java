package maia.machine;

/// Off-chip memory.
///
/// @param bytes capacity
/// @param bytesPerSecond peak bandwidth
/// @param bankEfficiency share of the peak that direct, long streams reach
/// @param latencyPicoseconds from issue to the arrival of the first byte in tile SRAM
public record Hbm(
    long bytes, double bytesPerSecond, double bankEfficiency, long latencyPicoseconds) {
  /// Bandwidth that long streams reach.
  public double streamBytesPerSecond() {
    return bytesPerSecond * bankEfficiency;
  }
}
