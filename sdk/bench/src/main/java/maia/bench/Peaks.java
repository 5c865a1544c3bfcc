package maia.bench;

import java.util.List;

/// What one core of this machine can do, measured in this run.
///
/// @param flopsPerSecond fused multiply-adds, times two
/// @param bytesPerSecond read and written by copying 64 MiB
record Peaks(double flopsPerSecond, double bytesPerSecond) {
  /// Measures both.
  static Peaks measure(Interleaved clock) {
    Machine machine = new Machine();
    List<Contender> all =
        List.of(new Contender("fma", machine::multiplyAdds), new Contender("copy", machine::copy));
    double[] nanos = clock.run(all).nanos();
    return new Peaks(Machine.flops() / nanos[0] * 1e9, Machine.copyBytes() / nanos[1] * 1e9);
  }

  /// Nanoseconds of the arithmetic of a case at the peak of `threads` cores.
  double compute(Case line, int threads) {
    return line.flops() / (flopsPerSecond * threads) * 1e9;
  }

  /// Nanoseconds of the bytes of a case at the speed of copying on `threads` cores.
  double memory(Case line, int threads) {
    return line.bytes() / (bytesPerSecond * threads) * 1e9;
  }

  /// The share of the peak that bounds the case, for a call of `nanos`.
  double share(Case line, int threads, double nanos) {
    return Math.max(compute(line, threads), memory(line, threads)) / nanos;
  }

  /// The share with its peak, as text.
  String text(Case line, int threads, double nanos) {
    String peak = compute(line, threads) > memory(line, threads) ? "FMA" : "copy";
    return "%.2f of %s".formatted(share(line, threads, nanos), peak);
  }

  @Override
  public String toString() {
    return "one core: %.0f GFLOP/s of fused multiply-adds, copying 64 MiB %.1f GB/s"
        .formatted(flopsPerSecond / 1e9, bytesPerSecond / 1e9);
  }
}
