package maia.sim;

/// Mean power and memory traffic over an interval.
///
/// @param startPicoseconds start of the interval
/// @param endPicoseconds end of the interval
/// @param watts mean power in it, idle power included
/// @param hbmBytesPerSecond mean traffic of HBM in it, reads and writes
public record PowerSample(
    long startPicoseconds, long endPicoseconds, double watts, double hbmBytesPerSecond) {
  /// A sample without traffic.
  public PowerSample(long startPicoseconds, long endPicoseconds, double watts) {
    this(startPicoseconds, endPicoseconds, watts, 0);
  }

  /// Energy of the interval.
  public double joules() {
    return watts * (endPicoseconds - startPicoseconds) * 1e-12;
  }

  /// The same sample `picoseconds` later.
  public PowerSample later(long picoseconds) {
    return new PowerSample(
        startPicoseconds + picoseconds, endPicoseconds + picoseconds, watts, hbmBytesPerSecond);
  }
}
