package maia.sim;

import maia.machine.Dma;
import maia.machine.Machine;

/// Variants of machines for tests.
final class Machines {
  private Machines() {}

  /// `m` with other DMA channels in its tiles.
  static Machine withTileDma(Machine m, Dma dma) {
    return new Machine(
        m.name(),
        m.clusters(),
        m.tilesPerCluster(),
        m.clockHertz(),
        m.operatingPoints(),
        m.ttu(),
        m.tvp(),
        m.tsram(),
        m.csram(),
        m.hbm(),
        dma,
        m.tileIngestBytesPerCycle(),
        m.clusterDma(),
        m.network(),
        m.hostBytesPerSecond(),
        m.sync(),
        m.control(),
        m.energy(),
        m.sources());
  }
}
