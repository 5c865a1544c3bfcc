package maia.tensor.nn;

import maia.numerics.Philox;
import maia.tensor.Draws;

/// The seeds of one place of dropout, one per call.
final class DropoutStream {
  private final long seed;
  private long calls;

  DropoutStream(long seed) {
    this.seed = seed;
  }

  long calls() {
    return calls;
  }

  void seek(long to) {
    calls = to;
  }

  /// The seed of the next call; in the second run of a checkpoint that of the first.
  long next() {
    return Draws.of(this::advance);
  }

  private long advance() {
    long call = calls++;
    long high = Philox.next(seed, call, 0);
    return high << 32 | Integer.toUnsignedLong(Philox.next(seed, call, 1));
  }
}
