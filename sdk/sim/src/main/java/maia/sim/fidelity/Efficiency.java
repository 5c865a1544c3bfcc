package maia.sim.fidelity;

import java.util.Locale;
import maia.numerics.DType;

/// What a GEMM reached in simulation, launch overhead excluded.
///
/// @param type type of A and B
/// @param m rows of C
/// @param n columns of C
/// @param k depth
/// @param seconds kernel time
/// @param operandBytes bytes of A, B and C
/// @param ofPeak share of the tensor units' peak
/// @param ofBandwidth operand bytes over time, as a share of the HBM peak
/// @param bound what the run was bound by
public record Efficiency(
    DType type,
    long m,
    long n,
    long k,
    double seconds,
    double operandBytes,
    double ofPeak,
    double ofBandwidth,
    String bound) {
  private static final double MIB = 1 << 20;

  /// Operations of the product.
  public double flops() {
    return 2.0 * m * n * k;
  }

  /// One line of a table.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-9s %6d x %6d x %6d  %9.3f TFLOP %9.1f MiB %11.1f us  %6.2f %% of peak  %5.2f %% of HBM  %s",
        type.label(),
        m,
        n,
        k,
        flops() * 1e-12,
        operandBytes / MIB,
        seconds * 1e6,
        100 * ofPeak,
        100 * ofBandwidth,
        bound);
  }
}
