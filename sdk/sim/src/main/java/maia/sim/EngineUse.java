package maia.sim;

/// How much the engine of a queue worked.
///
/// @param tile the tile; of a cluster queue, the first tile of the cluster
/// @param queue the queue's name
/// @param kind the kind of engine, as counters name it
/// @param busyPicoseconds time it worked
/// @param instructions engine instructions it executed
public record EngineUse(
    int tile, String queue, String kind, long busyPicoseconds, long instructions) {}
