package maia.npl;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import maia.base.Check;

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

  /// Slot 0 with run-time sizes, see [Slot#limit].
  public Slot limit(Expr... sizes) {
    return slot(0).limit(sizes);
  }

  /// Slot 0 on another tile.
  public Slot on(Home home) {
    return slot(0).on(home);
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

    /// This box cut to sizes known when the instruction is issued, one per dimension as stored; a
    /// size of at least the box's own leaves it whole.
    public Slot limit(Expr... sizes) {
      Check.argument(
          sizes.length == region.extent().size(),
          "limit: buffer '%s' has rank %d, %d sizes were given",
          region.buffer(),
          region.extent().size(),
          sizes.length);
      var limits = new ArrayList<Optional<Expr>>();
      for (int d = 0; d < sizes.length; d++) {
        boolean isWhole =
            sizes[d] instanceof Expr.Const(long size) && size >= region.extent().get(d);
        limits.add(isWhole ? Optional.empty() : Optional.of(sizes[d]));
      }
      return new Slot(region.limited(limits));
    }

    /// This box on another tile of the cluster, or on several.
    public Slot on(Home home) {
      return new Slot(region.on(home));
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
              region.limits(),
              !region.transposed()));
    }
  }
}
