package maia.sim;

/// A shared resource that serves bytes in order of request at a fixed rate.
final class Pipe {
  private final double picosecondsPerByte;
  private long free;
  private long busy;

  Pipe(double bytesPerSecond) {
    picosecondsPerByte = 1e12 / bytesPerSecond;
  }

  /// Serves `bytes` asked for at `now`; returns when the last one is through.
  long reserve(long now, long bytes) {
    long duration = Math.round(bytes * picosecondsPerByte);
    free = Math.max(free, now) + duration;
    busy += duration;
    return free;
  }

  long busy() {
    return busy;
  }
}
