package maia.sim.fidelity;

import maia.base.Check;
import maia.machine.Machine;
import maia.numerics.DType;

/// Sizes of the blocks of a [ClusterGemm].
///
/// @param type type of A and B
/// @param result type of C
/// @param tileRows rows of the grid of tiles in a cluster
/// @param tileColumns columns of that grid
/// @param rows most rows of C that a tile computes at a time, a multiple of 32
/// @param columns most columns of C that a tile computes at a time
/// @param depth steps along k
/// @param panels slots of the panels in cluster SRAM, a multiple of the groups of channels
/// @param share channels of the cluster DMA that stage a panel together
/// @param slots slots of the operands in tile SRAM
/// @param pieces slots of the result in tile SRAM, 32 rows each
public record GemmShape(
    DType type,
    DType result,
    int tileRows,
    int tileColumns,
    int rows,
    int columns,
    int depth,
    int panels,
    int share,
    int slots,
    int pieces) {
  public GemmShape {
    Check.argument(
        rows % ClusterGemm.UNIT == 0 && columns % ClusterGemm.UNIT == 0 && rows > 0 && columns > 0,
        "gemm: blocks must be multiples of %d, were %d x %d",
        ClusterGemm.UNIT,
        rows,
        columns);
  }

  /// This shape with another number of operand slots in the tile.
  GemmShape withSlots(int count) {
    return new GemmShape(
        type, result, tileRows, tileColumns, rows, columns, depth, panels, share, count, pieces);
  }

  /// Whether B is so much larger than A that both channels of a tile fetch it.
  boolean isWide() {
    return columns >= 4 * rows;
  }

  /// Most rows of a superblock.
  public int superRows() {
    return tileRows * rows;
  }

  /// Most columns of a superblock.
  public int superColumns() {
    return tileColumns * columns;
  }

  /// Bytes of tile SRAM that the program needs.
  public long tileBytes() {
    long operands = type.bytes((long) depth * (rows + columns)) * slots;
    return 2L * 4 * rows * columns + operands + pieces * result.bytes(32L * columns);
  }

  /// Bytes of cluster SRAM that the program needs.
  public long clusterBytes() {
    return panels * type.bytes((long) depth * (superRows() + superColumns()));
  }

  /// Whether the program fits the memories of `machine`.
  public boolean fits(Machine machine) {
    return tileBytes() <= machine.tsram().bytes() && clusterBytes() <= machine.csram().bytes();
  }
}
