package maia.npl;

import java.util.List;
import java.util.Optional;

/// An operand of an instruction: part of an on-chip buffer or of an array in HBM.
public sealed interface Place {
  /// A box in one slot of an on-chip buffer.
  ///
  /// @param buffer the buffer's name
  /// @param home whose buffer it is
  /// @param slot the slot
  /// @param start first index in each dimension of the slot
  /// @param extent sizes of the box, same rank as the slot
  /// @param transposed whether the instruction sees the last two dimensions swapped
  record Region(
      String buffer,
      Home home,
      Expr slot,
      List<Expr> start,
      List<Integer> extent,
      boolean transposed)
      implements Place {
    public Region {
      start = List.copyOf(start);
      extent = List.copyOf(extent);
    }

    /// The sizes the instruction sees.
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
