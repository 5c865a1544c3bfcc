package maia.npl;

/// An engine that executes the instructions of a queue in order.
public enum Engine {
  /// A channel of the tile DMA.
  TILE_DMA,
  /// A channel of the cluster DMA: one queue per cluster.
  CLUSTER_DMA,
  /// An engine of the network DMA. With one chip it has no peer.
  NETWORK_DMA,
  /// The tensor unit.
  TTU,
  /// The vector processor.
  TVP,
}
