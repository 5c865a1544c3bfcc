package maia.sim;

import maia.machine.Dma;
import maia.machine.Machine;

/// Variants of machines for tests.
final class Machines {
  private Machines() {}

  /// `m` with other DMA channels in its tiles.
  static Machine withTileDma(Machine m, Dma dma) {
    return m.withTileDma(dma);
  }
}
