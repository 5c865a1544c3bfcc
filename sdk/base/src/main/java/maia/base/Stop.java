package maia.base;

import java.util.concurrent.CancellationException;

/// Cooperative stopping of library loops.
public final class Stop {
  private Stop() {}

  /// Throws [CancellationException] naming `what` when the calling thread was interrupted; call it
  /// in every long loop. The interrupt flag is cleared, so the session stays usable.
  public static void poll(String what) {
    if (Thread.interrupted()) {
      throw new CancellationException(what + " was interrupted");
    }
  }
}
