package maia.machine;

/// A DMA engine.
///
/// @param channels independent channels, each an in-order queue
/// @param bytesPerCycle bandwidth of one channel in each direction
/// @param issueCycles cycles a channel needs to start a descriptor
/// @param outstandingBytes bytes one channel can have in flight
public record Dma(int channels, int bytesPerCycle, int issueCycles, long outstandingBytes) {}
