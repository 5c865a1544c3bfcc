package maia.kernel;

import maia.kernel.ir.Mistake;
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

  /// A tile in `format` of elements and scales that were computed one by one; both have the types
  /// of the format (UE4M3 or E8M0 for scales), and there is one scale for each block of a row.
  public static MxTile of(Tile elements, Tile scales, BlockFormat format) {
    Tracer trace = elements.made.trace();
    trace.require(
        elements.dtype() == format.element() && scales.dtype() == format.scale(),
        Mistake.WRONG_TYPE,
        "block tile: %s has %s elements and %s scales, got %s and %s; convert them with .to(type)",
        format.label(),
        format.element().label(),
        format.scale().label(),
        elements.dtype().label(),
        scales.dtype().label());
    int last = elements.shape().size() - 1;
    boolean fits =
        last >= 0
            && scales.shape().size() == last + 1
            && elements.shape().subList(0, last).equals(scales.shape().subList(0, last))
            && elements.shape().get(last) == scales.shape().get(last) * format.block();
    trace.require(
        fits,
        Mistake.NOT_WHOLE_BLOCKS,
        "block tile: %s has one scale for %d elements of a row, got scales %s for elements %s",
        format.label(),
        format.block(),
        scales.shape(),
        elements.shape());
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
