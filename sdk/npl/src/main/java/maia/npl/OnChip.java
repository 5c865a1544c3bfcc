package maia.npl;

import java.util.Collections;
import java.util.List;

/// An on-chip buffer, as a hand-written program sees it; as an operand it is its slot 0.
public final class OnChip implements Operand {
  private final Program.Buffer buffer;

  OnChip(Program.Buffer buffer) {
    this.buffer = buffer;
  }

  /// The buffer's name.
  public String name() {
    return buffer.name();
  }

  @Override
  public Place.Region region() {
    return slot(0).region();
  }

  /// Slot `index`.
  public Slot slot(long index) {
    return slot(Expr.of(index));
  }

  /// Slot `index`.
  public Slot slot(Expr index) {
    var start = Collections.nCopies(buffer.shape().size(), Expr.ZERO);
    return new Slot(new Place.Region(buffer.name(), Home.OWN, index, start, buffer.shape(), false));
  }

  /// A box in one slot of a buffer.
  ///
  /// @param region the box
  public record Slot(Place.Region region) implements Operand {
    /// The box of this slot with the given first indices and sizes.
    public Slot box(List<Expr> start, List<Integer> extent) {
      return new Slot(
          new Place.Region(
              region.buffer(), region.home(), region.slot(), start, extent, region.transposed()));
    }

    /// This box with its last two dimensions swapped, as the instruction sees it.
    public Slot transposed() {
      return new Slot(
          new Place.Region(
              region.buffer(),
              region.home(),
              region.slot(),
              region.start(),
              region.extent(),
              !region.transposed()));
    }
  }
}
