package maia.runtime;

import static maia.numerics.DType.F32;

import java.util.ArrayList;
import java.util.List;
import maia.kernel.ArrayArg;
import maia.kernel.BlockArrayArg;
import maia.kernel.KernelContext;
import maia.kernel.Mask;
import maia.kernel.Ptr;
import maia.kernel.Tile;
import maia.numerics.ScaleRule;

/// The elements that a program of a fused kernel works on: a block of rows and columns of one
/// matrix of a stack of them, or a block of one vector.
///
/// Grid: blocks of rows (of a vector, of elements), matrices, blocks of columns.
final class FusedPlaces implements FusedBody.Rows {
  private final boolean vector;
  private final int height;
  private final int width;
  private final List<Tile> outer = new ArrayList<>();
  private final Tile firstRow;
  private final Tile firstColumn;
  private final Tile row;
  private final Tile column;
  private final Mask rows;
  private final Mask columns;

  FusedPlaces(KernelContext k, List<Tile> sizes, int height, int width) {
    int rank = sizes.size();
    this.vector = rank == 1;
    this.height = height;
    this.width = width;
    for (int d = rank - 3; d >= 0; d--) {
      Tile left = k.programId(1);
      for (int inner = rank - 3; inner > d; inner--) {
        left = left.div(sizes.get(inner));
      }
      outer.addFirst(d == 0 ? left : left.rem(sizes.get(d)));
    }
    firstColumn = k.programId(vector ? 0 : 2).mul(width);
    column = firstColumn.add(k.arange(width));
    columns = column.lt(sizes.getLast());
    firstRow = vector ? firstColumn : k.programId(0).mul(height);
    row = vector ? column : firstRow.add(k.arange(height));
    rows = vector ? columns : row.lt(sizes.get(rank - 2));
  }

  /// Which elements exist.
  Mask all() {
    return vector ? columns : rows.col().and(columns.row());
  }

  @Override
  public Mask inRow() {
    return columns.row();
  }

  /// What `array`, which has those of the dimensions that `has` says, holds here: a tile that
  /// stretches to the whole block.
  Tile load(KernelContext k, ArrayArg array, List<Boolean> has) {
    List<Tile> at = outerOf(has);
    boolean isRow = has.getLast();
    boolean isColumn = !vector && has.get(has.size() - 2);
    if (vector && isRow) {
      return wide(array.at(column).load(columns));
    }
    if (isRow && isColumn) {
      at.add(row.col());
      at.add(column.row());
      return wide(at(array, at).load(all()));
    }
    if (isRow) {
      at.add(column);
      return wide(at(array, at).load(columns)).row();
    }
    if (isColumn) {
      at.add(row);
      return wide(at(array, at).load(rows)).col();
    }
    if (at.isEmpty()) {
      at.add(k.scalar(0));
    }
    return wide(at(array, at).load());
  }

  /// Floats of every type as F32, in which they are computed; truth values stay.
  private static Tile wide(Tile tile) {
    return tile.dtype().isFloat() && tile.dtype() != F32 ? tile.to(F32) : tile;
  }

  private List<Tile> outerOf(List<Boolean> has) {
    List<Tile> at = new ArrayList<>();
    for (int d = 0; d < outer.size(); d++) {
      if (has.get(d)) {
        at.add(outer.get(d));
      }
    }
    return at;
  }

  private static Ptr at(ArrayArg array, List<Tile> indices) {
    return array.at(indices.toArray(Tile[]::new));
  }

  /// Writes a value of every element.
  void store(ArrayArg out, Tile value) {
    if (vector) {
      out.at(column).store(value.broadcastTo(width), columns);
      return;
    }
    List<Tile> at = new ArrayList<>(outer);
    at.add(row.col());
    at.add(column.row());
    at(out, at).store(whole(value), all());
  }

  /// Writes a value of every element, 0 where there is none, as blocks.
  void storeBlocks(KernelContext k, BlockArrayArg out, Tile value) {
    List<Tile> at = new ArrayList<>(outer);
    at.add(firstRow);
    at.add(firstColumn);
    out.block(height, width)
        .at(at.toArray(Tile[]::new))
        .store(k.quantize(whole(value), out.format(), ScaleRule.FLOOR));
  }

  /// Writes a value of every row.
  void storeRows(ArrayArg out, Tile value) {
    List<Tile> at = new ArrayList<>(outer);
    at.add(row);
    at(out, at).store(value.broadcastTo(height, 1).squeeze(1), rows);
  }

  @Override
  public Tile whole(Tile value) {
    return value.shape().equals(List.of(height, width)) ? value : value.broadcastTo(height, width);
  }
}
