package maia.machine;

import maia.base.Check;

/// A software-managed on-chip memory.
///
/// A bank is a range of `bytes / banks` neighbouring addresses. Accesses that overlap in time and
/// lie in one bank share its bandwidth.
///
/// @param bytes capacity
/// @param banks number of banks
/// @param bankBytesPerCycle bandwidth of a bank, reads and writes together
/// @param bytesPerCycle bandwidth of the port that DMA uses
/// @param ports whether DMA reads and writes share that port
public record Sram(long bytes, int banks, int bankBytesPerCycle, int bytesPerCycle, Ports ports) {
  public Sram {
    Check.argument(bytes > 0, "on-chip memory: capacity must be positive, was %d bytes", bytes);
    Check.argument(
        banks > 0 && bytes % banks == 0,
        "on-chip memory: %d bytes do not divide into %d banks",
        bytes,
        banks);
    Check.argument(
        bytesPerCycle > 0 && bankBytesPerCycle > 0,
        "on-chip memory: bandwidth must be positive, was %d bytes/cycle, %d per bank",
        bytesPerCycle,
        bankBytesPerCycle);
  }

  /// Bytes of a bank.
  public long bankBytes() {
    return bytes / banks;
  }
}
