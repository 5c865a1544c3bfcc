package maia.sim;

/// An engine of a queue.
interface Unit {
  /// The kind that counters and stalls name.
  String kind();

  /// Begins an instruction; the unit is free. Sets when it is free again and when the instruction
  /// will be done.
  void begin(Entry entry, long now);

  static Unit of(Simulation sim, QueueState queue) {
    return switch (queue.code.engine()) {
      case TTU -> new TensorEngine(sim, queue);
      case TVP -> new VectorEngine(sim, queue);
      case TILE_DMA -> new DmaChannel(sim, queue, sim.machine.tileDma(), "tile_dma");
      case CLUSTER_DMA -> new DmaChannel(sim, queue, sim.machine.clusterDma(), "cluster_dma");
      case NETWORK_DMA ->
          throw new IllegalStateException("bug in Unit: the verifier refuses " + queue.name());
    };
  }
}
