package maia.tensor;

/// Splits index ranges over the cores. Work on one index never depends on the split, so results do
/// not depend on the number of threads.
final class Parallel {
  /// Elements of a costly elementwise function one thread takes at a time.
  static final int ELEMENTS = 1 << 14;

  private Parallel() {}

  /// Work on the indices `from` to `to` (exclusive).
  @FunctionalInterface
  interface Range {
    void run(int from, int to);
  }

  /// Runs `body` over 0 to `count` in chunks of `chunk` indices.
  static void ranges(int count, int chunk, Range body) {
    maia.numerics.Parallel.ranges(
        "host", count, chunk, (from, to) -> body.run((int) from, (int) to));
  }
}
