package maia.sim;

/// Why an engine of a queue did not work, and for how long in all.
///
/// @param tile the tile; of a cluster queue, the first tile of the cluster
/// @param queue the queue's name
/// @param reason the mechanism
/// @param detail the semaphore of [Reason#SEMAPHORE], both lines of [Reason#BANK], else empty
/// @param picoseconds time lost
public record Stall(int tile, String queue, Reason reason, String detail, long picoseconds) {
  /// Mechanisms that hold an engine up.
  public enum Reason {
    /// The control processor had not issued its next instruction.
    ISSUE,
    /// Its next instruction waited for a semaphore.
    SEMAPHORE,
    /// A DMA channel had as many bytes in flight as it may, waiting for latency.
    OUTSTANDING,
    /// As [#OUTSTANDING], waiting for HBM, which others use.
    HBM,
    /// As [#OUTSTANDING], waiting for ports of on-chip memories, which others use.
    PORT,
    /// A memory bank served another access.
    BANK,
  }
}
