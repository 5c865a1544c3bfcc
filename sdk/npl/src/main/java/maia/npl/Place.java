package maia.npl;

import java.util.List;
import java.util.Optional;
import maia.base.Check;

/// An operand of an instruction: part of an on-chip buffer or of an array in HBM.
public sealed interface Place {
  /// A box in one slot of an on-chip buffer.
  ///
  /// In a dimension with a limit the box that an instruction really touches has the size
  /// `min(extent, max(0, limit))`, known when it is issued: time, energy and checks count that box
  /// only, and one without elements costs the issue alone. The boxes of an instruction must then
  /// fit each other as their full sizes do.
  ///
  /// @param buffer the buffer's name
  /// @param home whose buffer it is
  /// @param slot the slot
  /// @param start first index in each dimension of the slot
  /// @param extent largest sizes of the box, same rank as the slot
  /// @param limits run-time sizes, one per dimension as stored; empty when no dimension has one
  /// @param transposed whether the instruction sees the last two dimensions swapped
  record Region(
      String buffer,
      Home home,
      Expr slot,
      List<Expr> start,
      List<Integer> extent,
      List<Optional<Expr>> limits,
      boolean transposed)
      implements Place {
    public Region {
      start = List.copyOf(start);
      extent = List.copyOf(extent);
      limits = limits.stream().allMatch(Optional::isEmpty) ? List.of() : List.copyOf(limits);
      Check.argument(
          limits.isEmpty() || limits.size() == extent.size() && start.size() == extent.size(),
          "box of '%s': %d starts, %d sizes and %d limits; give one of each per dimension",
          buffer,
          start.size(),
          extent.size(),
          limits.size());
    }

    /// A box whose sizes are known before the program runs.
    public Region(
        String buffer,
        Home home,
        Expr slot,
        List<Expr> start,
        List<Integer> extent,
        boolean transposed) {
      this(buffer, home, slot, start, extent, List.of(), transposed);
    }

    /// This box on another tile.
    public Region on(Home other) {
      return new Region(buffer, other, slot, start, extent, limits, transposed);
    }

    /// This box with run-time sizes, one per dimension as stored.
    public Region limited(List<Optional<Expr>> sizes) {
      return new Region(buffer, home, slot, start, extent, sizes, transposed);
    }

    /// The largest sizes the instruction sees.
    public List<Integer> shape() {
      if (!transposed) {
        return extent;
      }
      var seen = new java.util.ArrayList<>(extent);
      int last = seen.size() - 1;
      java.util.Collections.swap(seen, last - 1, last);
      return List.copyOf(seen);
    }
  }

  /// A strided box in an array in HBM.
  ///
  /// @param array the array parameter's name
  /// @param axes one per dimension of the array, outermost first
  record Window(String array, List<Axis> axes) implements Place {
    public Window {
      axes = List.copyOf(axes);
    }
  }

  /// How a window runs along one dimension of its array: indices `start + step * i` for `i` in
  /// `0..extent-1`.
  ///
  /// @param start the first index
  /// @param extent how many indices
  /// @param step distance between indices
  /// @param low indices below it are masked off, when present
  /// @param high indices at or above it are masked off, when present
  /// @param along the dimension of the on-chip box that this axis fills, or -1 for a single index
  ///   (extent 1)
  record Axis(
      Expr start, int extent, long step, Optional<Expr> low, Optional<Expr> high, int along) {
    /// An unmasked axis of step 1.
    public static Axis of(Expr start, int extent, int along) {
      return new Axis(start, extent, 1, Optional.empty(), Optional.empty(), along);
    }
  }
}
