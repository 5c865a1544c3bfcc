package maia.sim;

/// Mean power over an interval.
///
/// @param startPicoseconds start of the interval
/// @param endPicoseconds end of the interval
/// @param watts mean power in it, idle power included
public record PowerSample(long startPicoseconds, long endPicoseconds, double watts) {
  /// Energy of the interval.
  public double joules() {
    return watts * (endPicoseconds - startPicoseconds) * 1e-12;
  }
}
