package maia.sim;

import org.jspecify.annotations.Nullable;

/// What the run-time limits of an instruction make of its boxes: found once for all entries of a
/// control stream that follow each other with the same limits.
final class Sizes {
  /// The sizes of an instruction without boxes.
  static final Sizes NONE = new Sizes(0);

  static {
    NONE.box = new int[0];
  }

  /// Extents as stored, by number of the box.
  final int[] @Nullable [] extents;

  /// Bytes of the boxes, -1 where not asked for yet.
  final long[] bytes;

  /// The sizes the instruction works on.
  int @Nullable [] box;

  Sizes(int regions) {
    extents = new int[regions][];
    bytes = new long[regions];
    java.util.Arrays.fill(bytes, -1);
  }
}
