package maia.numerics;

/// Writes rows one beside the other: element p of row r goes to `p * height + r`.
final class Interleave {
  private Interleave() {}

  /// `count` rows of `depth` elements, one after the other in `rows`, into one panel of `height`
  /// rows; the last `height - count` rows of the panel hold anything.
  static void rows(float[] rows, int count, int depth, int height, float[] to, int toAt) {
    rows(rows, count, 0, depth, height, to, toAt);
  }

  /// The same from element `first` of every row on.
  static void rows(
      float[] rows, int count, int first, int depth, int height, float[] to, int toAt) {
    int r = 0;
    for (; r + 4 <= count; r += 4) {
      four(rows, r * depth, first, depth, height, to, toAt + r);
    }
    for (; r < count; r++) {
      for (int p = first; p < depth; p++) {
        to[toAt + p * height + r] = rows[r * depth + p];
      }
    }
  }

  private static void four(
      float[] rows, int at, int first, int depth, int height, float[] to, int toAt) {
    int r1 = at + depth;
    int r2 = r1 + depth;
    int r3 = r2 + depth;
    for (int p = first, target = toAt + first * height; p < depth; p++, target += height) {
      to[target] = rows[at + p];
      to[target + 1] = rows[r1 + p];
      to[target + 2] = rows[r2 + p];
      to[target + 3] = rows[r3 + p];
    }
  }
}
