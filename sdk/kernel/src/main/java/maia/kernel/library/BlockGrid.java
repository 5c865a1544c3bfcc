package maia.kernel.library;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.machine.Machine;

/// A matrix cut into blocks of `rows` x `columns`, powers of two, one for each program.
///
/// @param rows rows of a block
/// @param columns columns of a block
record BlockGrid(int rows, int columns) {
  /// Elements of a block, where the matrix is large enough.
  private static final int ELEMENTS = 16_384;

  private static final int NARROW = 64;
  private static final int WIDE = 1024;

  /// Blocks as large as they may be while every tile of `machine` has one.
  static BlockGrid of(long rows, long columns, Machine machine) {
    int wide = Math.clamp(Kernel.nextPow2(columns), NARROW, WIDE);
    long blocks = Math.ceilDiv(columns, (long) wide);
    int high = 1;
    while (2L * high * wide <= ELEMENTS && 2L * high * machine.tiles() <= rows * blocks) {
      high *= 2;
    }
    return new BlockGrid(high, wide);
  }

  /// `kernel`, whose metas `ROWS` and `COLUMNS` are the sizes of a block.
  Kernel on(Kernel kernel) {
    return kernel.with("ROWS", rows).with("COLUMNS", columns);
  }

  /// `kernel` with one program for each block of the matrix.
  KernelLaunch launch(Kernel kernel, long height, long width) {
    return on(kernel).grid(Kernel.cdiv(height, rows) * Kernel.cdiv(width, columns));
  }
}
