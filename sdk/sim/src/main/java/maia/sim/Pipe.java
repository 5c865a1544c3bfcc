package maia.sim;

import java.util.Arrays;

/// A shared resource that serves bytes at a fixed rate. As long as it is free it serves them as
/// they come; when it is not, no stream waits longer than its fair share of the rate asks for, so
/// that a short transfer need not wait for all of a long one that was asked for before.
final class Pipe {
  /// The transfers of one user, in order.
  static final class Stream {
    private final Pipe pipe;
    private final int number;
    private final double users;

    private Stream(Pipe pipe, int number, double users) {
      this.pipe = pipe;
      this.number = number;
      this.users = users;
    }

    /// Serves `bytes` for each user, asked for at `now`; returns when the last one is through.
    long reserve(long now, long bytes) {
      long all = pipe.serve(now, users * bytes);
      if (all <= now) {
        return all;
      }
      long[] free = pipe.frees;
      long fair =
          Math.max(free[number], now)
              + Math.round(pipe.active(this, now) * bytes * pipe.picosecondsPerByte);
      free[number] = Math.min(fair, all);
      return free[number];
    }
  }

  private final double picosecondsPerByte;
  private int streams;

  /// How many users a stream stands for, by its number.
  private double[] users = new double[4];

  /// When what a stream asked for is through, by its number.
  private long[] frees = new long[4];

  private long free;
  private long busy;

  Pipe(double bytesPerSecond) {
    picosecondsPerByte = 1e12 / bytesPerSecond;
  }

  /// A new user.
  Stream stream() {
    return stream(1);
  }

  /// A stream that stands for so many alike.
  Stream stream(double users) {
    var stream = new Stream(this, streams, users);
    if (streams == frees.length) {
      frees = Arrays.copyOf(frees, 2 * streams);
      this.users = Arrays.copyOf(this.users, 2 * streams);
    }
    this.users[streams++] = users;
    return stream;
  }

  private long serve(long now, double bytes) {
    long duration = Math.round(bytes * picosecondsPerByte);
    free = Math.max(free, now) + duration;
    busy += duration;
    return free;
  }

  /// Users that have something to be served at `now`, the one that asks included.
  private double active(Stream asking, long now) {
    double count = asking.users;
    for (int i = 0; i < streams; i++) {
      if (frees[i] > now && i != asking.number) {
        count += users[i];
      }
    }
    return count;
  }

  long busy() {
    return busy;
  }
}
