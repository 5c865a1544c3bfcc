package maia.machine;

import maia.base.Check;

/// A software-managed on-chip memory.
///
/// @param bytes capacity
/// @param banks number of banks
/// @param bytesPerCycle shared bandwidth of reads and writes by DMA
public record Sram(long bytes, int banks, int bytesPerCycle) {
  public Sram {
    Check.argument(bytes > 0, "on-chip memory: capacity must be positive, was %d bytes", bytes);
    Check.argument(
        bytesPerCycle > 0,
        "on-chip memory: bandwidth must be positive, was %d bytes/cycle",
        bytesPerCycle);
  }
}
