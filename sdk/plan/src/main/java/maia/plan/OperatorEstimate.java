package maia.plan;

import java.util.Locale;
import maia.sim.Bound;

/// What an operator takes on one chip, launch overhead excluded.
///
/// @param seconds kernel time
/// @param joules energy, idle power included
/// @param hbmBytes bytes moved to and from HBM
/// @param flops floating-point operations of the operator
/// @param bound the resource that bounds it
/// @param method how the numbers came about
public record OperatorEstimate(
    double seconds, double joules, double hbmBytes, double flops, Bound.Kind bound, String method) {
  /// The method of an estimate that was simulated from beginning to end.
  public static final String SIMULATED = "simulated";

  /// The method of an estimate that follows from simulated smaller sizes of the operator.
  public static final String SAMPLED = "sampled";

  /// Achieved operations per second.
  public double flopsPerSecond() {
    return flops / seconds;
  }

  /// The estimate of a larger operator: this one and `steps` times what `more` takes beyond it.
  OperatorEstimate extended(OperatorEstimate more, double steps) {
    return new OperatorEstimate(
        seconds + steps * (more.seconds - seconds),
        joules + steps * (more.joules - joules),
        hbmBytes + steps * (more.hbmBytes - hbmBytes),
        flops,
        more.bound,
        SAMPLED);
  }

  /// Such as `simulated: 1.324 us, 201.3 uJ, 80.0 KiB of HBM traffic, bound by latency`.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %.3f us, %.1f uJ, %.1f KiB of HBM traffic, bound by %s",
        method,
        seconds * 1e6,
        joules * 1e6,
        hbmBytes / 1024,
        bound.name().toLowerCase(Locale.ROOT));
  }
}
