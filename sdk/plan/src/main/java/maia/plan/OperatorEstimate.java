package maia.plan;

/// What an operator takes on one chip, launch overhead excluded.
///
/// @param seconds kernel time
/// @param joules energy, idle power included
/// @param hbmBytes bytes moved to and from HBM
/// @param flops floating-point operations of the operator
/// @param bound the resource that bounds it, such as `HBM` or `TENSOR`
/// @param method how the numbers came about
public record OperatorEstimate(
    double seconds, double joules, double hbmBytes, double flops, String bound, String method) {
  /// Achieved operations per second.
  public double flopsPerSecond() {
    return flops / seconds;
  }
}
