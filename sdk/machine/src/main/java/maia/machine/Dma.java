package maia.machine;

import maia.base.Check;

/// A DMA engine.
///
/// @param channels independent channels, each an in-order queue
/// @param bytesPerCycle bandwidth of one channel in each direction
/// @param issueCycles cycles a channel needs to start a descriptor
/// @param outstandingBytes bytes one channel can have in flight
public record Dma(int channels, int bytesPerCycle, int issueCycles, long outstandingBytes) {
  public Dma {
    Check.argument(
        channels > 0 && bytesPerCycle > 0 && issueCycles >= 0 && outstandingBytes > 0,
        "dma: needs channels, bandwidth and bytes in flight above 0, was %d channels, %d bytes/cycle, %d issue"
            + " cycles, %d bytes in flight",
        channels,
        bytesPerCycle,
        issueCycles,
        outstandingBytes);
  }
}
