package maia.machine;

import maia.base.Check;

/// Off-chip memory.
///
/// @param bytes capacity
/// @param bytesPerSecond peak bandwidth
/// @param bankEfficiency share of the peak that direct, long streams reach
/// @param latencyPicoseconds from issue to the arrival of the first byte in tile SRAM
public record Hbm(
    long bytes, double bytesPerSecond, double bankEfficiency, long latencyPicoseconds) {
  public Hbm {
    Check.argument(
        bytes > 0 && bytesPerSecond > 0 && latencyPicoseconds >= 0,
        "hbm: needs positive capacity and bandwidth and no negative latency, was %d bytes, %s bytes/s, %d ps",
        bytes,
        bytesPerSecond,
        latencyPicoseconds);
    Check.argument(
        bankEfficiency > 0 && bankEfficiency <= 1,
        "hbm: bank efficiency is a share above 0 up to 1, was %s",
        bankEfficiency);
  }

  /// Bandwidth that long streams reach.
  public double streamBytesPerSecond() {
    return bytesPerSecond * bankEfficiency;
  }
}
