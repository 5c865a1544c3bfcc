package maia.kernel.library;

import maia.kernel.KernelContext;
import maia.kernel.Tile;

/// Which block of a matrix a program computes: `group` rows of blocks are walked before moving
/// right, so that neighbouring programs read the same operands.
///
/// @param row the block's row
/// @param column the block's column
record Order(Tile row, Tile column) {
  static Order grouped(KernelContext k, Tile rows, Tile columns, int group) {
    Tile pid = k.programId(0);
    Tile perGroup = columns.mul(group);
    Tile first = pid.div(perGroup).mul(group);
    Tile height = rows.sub(first).min(group);
    Tile inGroup = pid.rem(perGroup);
    return new Order(first.add(inGroup.rem(height)), inGroup.div(height));
  }
}
