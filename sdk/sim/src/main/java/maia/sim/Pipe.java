package maia.sim;

import java.util.ArrayList;
import java.util.List;

/// A shared resource that serves bytes at a fixed rate. As long as it is free it serves them as
/// they come; when it is not, no stream waits longer than its fair share of the rate asks for, so
/// that a short transfer need not wait for all of a long one that was asked for before.
final class Pipe {
  /// The transfers of one user, in order.
  static final class Stream {
    private final Pipe pipe;
    private long free;

    private Stream(Pipe pipe) {
      this.pipe = pipe;
    }

    /// Serves `bytes` asked for at `now`; returns when the last one is through.
    long reserve(long now, long bytes) {
      long all = pipe.serve(now, bytes);
      if (all <= now) {
        return all;
      }
      free =
          Math.max(free, now)
              + Math.round(pipe.active(this, now) * bytes * pipe.picosecondsPerByte);
      free = Math.min(free, all);
      return free;
    }
  }

  private final double picosecondsPerByte;
  private final List<Stream> streams = new ArrayList<>();
  private long free;
  private long busy;

  Pipe(double bytesPerSecond) {
    picosecondsPerByte = 1e12 / bytesPerSecond;
  }

  /// A new user.
  Stream stream() {
    var stream = new Stream(this);
    streams.add(stream);
    return stream;
  }

  private long serve(long now, long bytes) {
    long duration = Math.round(bytes * picosecondsPerByte);
    free = Math.max(free, now) + duration;
    busy += duration;
    return free;
  }

  /// Streams that have something to be served at `now`, the one that asks included.
  private int active(Stream asking, long now) {
    int count = 1;
    for (Stream s : streams) {
      if (s.free > now && s != asking) {
        count++;
      }
    }
    return count;
  }

  long busy() {
    return busy;
  }
}
