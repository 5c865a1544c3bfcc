package maia.numerics;

/// Splits index ranges over the processors. Work on one index must not depend on the split; then
/// results do not depend on the number of threads, which the system property `maia.threads` limits.
public final class Parallel {
  private Parallel() {}

  /// Work on the indices `from` to `to` (exclusive).
  @FunctionalInterface
  public interface Range {
    /// Does the work; called from several threads at once.
    void run(long from, long to);
  }

  /// Runs `body` over 0 to `count` in chunks of `chunk` indices. An interrupt of the caller or a
  /// failure of a chunk ends it with some chunks done and others not.
  ///
  /// @param what the work, for the message of an interrupt
  public static void ranges(String what, long count, long chunk, Range body) {
    long size = Math.max(1, chunk);
    if (count <= size) {
      if (count > 0) {
        body.run(0, count);
      }
      return;
    }
    long limit = Math.max(size, Math.ceilDiv(count, (long) Integer.MAX_VALUE));
    Workers.run(
        Math.toIntExact(Math.ceilDiv(count, limit)),
        what,
        part -> body.run(part * limit, Math.min(count, (part + 1) * limit)));
  }

  /// Threads that may work at once.
  public static int threads() {
    return Workers.threads();
  }
}
