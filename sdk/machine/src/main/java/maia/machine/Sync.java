package maia.machine;

/// Hardware semaphores.
///
/// @param perTile semaphores of a tile
/// @param perCluster semaphores of a cluster
/// @param maximum largest counter value
/// @param perInstruction waits and signals one instruction carries for free, each
/// @param tileCycles latency of a signal inside a tile
/// @param clusterCycles latency of a signal inside a cluster
/// @param chipCycles latency of a signal across the chip
public record Sync(
    int perTile,
    int perCluster,
    int maximum,
    int perInstruction,
    int tileCycles,
    int clusterCycles,
    int chipCycles) {}
