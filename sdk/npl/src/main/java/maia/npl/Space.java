package maia.npl;

/// A memory an on-chip buffer lives in.
public enum Space {
  /// Cluster SRAM, shared by the tiles of a cluster.
  CSRAM,
  /// Tile SRAM.
  TSRAM,
  /// Accumulators of the tensor unit: a region of tile SRAM updated through the result port.
  ACC,
}
