package maia.kernel;

import maia.numerics.BlockFormat;

/// A tile in a block format: elements and their scales.
public final class MxTile {
  private final Tile elements;
  private final Tile scales;
  private final int block;
  private final String label;
  private final boolean transposed;

  MxTile(Tile elements, Tile scales, int block, String label, boolean transposed) {
    this.elements = elements;
    this.scales = scales;
    this.block = block;
    this.label = label;
    this.transposed = transposed;
  }

  static MxTile of(Tile elements, Tile scales, BlockFormat format) {
    return new MxTile(elements, scales, format.block(), format.label(), false);
  }

  /// The elements before scaling.
  public Tile elements() {
    return elements;
  }

  /// The scales, one per block.
  public Tile scales() {
    return scales;
  }

  /// Elements per scale.
  public int block() {
    return block;
  }

  /// The name of the format.
  public String label() {
    return label;
  }

  /// Whether the blocks run along the first of the two dimensions.
  boolean isTransposed() {
    return transposed;
  }

  /// Rows and columns swapped; blocks then run down the columns.
  public MxTile t() {
    return new MxTile(elements.t(), scales.t(), block, label, !transposed);
  }

  /// The format and the sizes of the elements.
  @Override
  public String toString() {
    return label + elements.shape();
  }
}
