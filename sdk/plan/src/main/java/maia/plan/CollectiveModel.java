package maia.plan;

import maia.base.Check;

/// Times of collectives by latency and bandwidth (alpha and beta): direct links inside a tray, then
/// switched links.
///
/// @param tray chips with direct links to each other
/// @param trayLatency seconds of one message inside the tray
/// @param trayBytesPerSecond what a chip sends to all others of the tray together
/// @param reach chips that switched links reach
/// @param switchLatency seconds of one message over a switch
/// @param switchBytesPerSecond what a chip sends over switches
public record CollectiveModel(
    int tray,
    double trayLatency,
    double trayBytesPerSecond,
    int reach,
    double switchLatency,
    double switchBytesPerSecond) {
  /// Maia 200: 300 + 350 + 350 GB/s to the three neighbours of a tray at 1 us, 400 GB/s over four
  /// switched planes at 4 us (published); the slowest neighbour link sets the pace of a direct
  /// exchange, so 3 x 300 GB/s.
  public static final CollectiveModel MAIA_200 =
      new CollectiveModel(4, 1e-6, 900e9, 6_144, 4e-6, 400e9);

  /// Seconds to add `bytes` over `chips` and give everyone the sum: a scatter-reduce and a gather,
  /// each direct; 0 for one chip.
  public double allReduce(int chips, double bytes) {
    return 2 * exchange(chips, bytes);
  }

  /// Seconds in which every chip sends a part of `bytes` to every other.
  public double allToAll(int chips, double bytes) {
    return exchange(chips, bytes);
  }

  private double exchange(int chips, double bytes) {
    Check.argument(
        chips >= 1 && chips <= reach,
        "collective: links reach 1 to %d chips, asked for %d",
        reach,
        chips);
    if (chips == 1) {
      return 0;
    }
    double moved = bytes * (chips - 1) / chips;
    return chips <= tray
        ? trayLatency + moved / (trayBytesPerSecond * (chips - 1) / Math.max(1, tray - 1))
        : switchLatency + moved / switchBytesPerSecond;
  }

  /// Seconds to hand `bytes` to one neighbour of a pipeline.
  public double send(double bytes) {
    return trayLatency + bytes * Math.max(1, tray - 1) / trayBytesPerSecond;
  }
}
