package maia.kernel;

import maia.numerics.BlockFormat;

/// A tile in a block format: elements and their scales.
public final class MxTile {
  private final Tile elements;
  private final Tile scales;
  private final BlockFormat format;
  private final boolean transposed;

  MxTile(Tile elements, Tile scales, BlockFormat format, boolean transposed) {
    this.elements = elements;
    this.scales = scales;
    this.format = format;
    this.transposed = transposed;
  }

  /// The elements before scaling.
  public Tile elements() {
    return elements;
  }

  /// The scales, one per block.
  public Tile scales() {
    return scales;
  }

  /// The block format.
  public BlockFormat format() {
    return format;
  }

  /// Whether the blocks run along the first of the two dimensions.
  boolean isTransposed() {
    return transposed;
  }

  /// Rows and columns swapped; blocks then run down the columns.
  public MxTile t() {
    return new MxTile(elements.t(), scales.t(), format, !transposed);
  }

  /// The format and the sizes of the elements.
  @Override
  public String toString() {
    return format.label() + elements.shape();
  }
}
