package maia.kernel.library;

import maia.kernel.KernelContext;
import maia.kernel.ir.Mapping;

/// The metas by which a launch says how a grid is laid over the chip: `DOWN` and `ACROSS`, the
/// rectangle of programs that the lanes of a cluster take together (1 x 1: the compiler decides),
/// and `PATH`, how shared blocks come to them. The grid's sizes are multiples of them.
///
/// @param down programs of a cluster along grid dimension 0
/// @param across programs of a cluster along grid dimension 1
record Lanes(int down, int across) {
  /// Declares the metas and tells the compiler.
  static Lanes of(KernelContext k) {
    int down = k.meta("DOWN", 1);
    int across = k.meta("ACROSS", 1);
    Mapping.Path path = k.meta("PATH", Mapping.Path.AUTO);
    boolean isOpen = down * across == 1;
    k.mapping(isOpen ? new Mapping(path, 0, 0) : new Mapping(path, down, across));
    return new Lanes(down, across);
  }
}
