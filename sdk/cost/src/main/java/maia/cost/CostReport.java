package maia.cost;

import java.util.List;
import java.util.Locale;
import maia.base.Check;
import maia.sim.Bound;
import maia.sim.RunRecord;

/// What a piece of work took: time, energy and dollars. Dollars are a range and name their price
/// book.
///
/// @param title what was run
/// @param items how many items (images, tokens, rows) the work produced
/// @param kernels one line per kernel run, in order
/// @param book the price of a chip-hour
public record CostReport(String title, long items, List<KernelCost> kernels, PriceBook book) {
  /// The share of one kernel run.
  ///
  /// @param kernel its name
  /// @param seconds kernel time
  /// @param launchSeconds host overhead of its launch
  /// @param joules energy, idle power during the kernel included
  /// @param flops floating-point operations of tensor and vector units
  /// @param bound what bounds it
  public record KernelCost(
      String kernel,
      double seconds,
      double launchSeconds,
      double joules,
      double flops,
      Bound bound) {
    /// The costs of one simulated run.
    public static KernelCost of(RunRecord run) {
      return new KernelCost(
          run.program(),
          run.picoseconds() * 1e-12,
          run.launchPicoseconds() * 1e-12,
          run.energy().total(),
          (double) run.counters().tensorFlops() + run.counters().vectorFlops(),
          run.bound());
    }
  }

  public CostReport {
    kernels = List.copyOf(kernels);
    Check.argument(items > 0, "cost report '%s': needs at least one item, was %d", title, items);
    Check.argument(!kernels.isEmpty(), "cost report '%s': needs at least one run", title);
  }

  /// The report of `runs`, executed one after the other, that together produced `items`.
  public static CostReport of(String title, long items, List<RunRecord> runs, PriceBook book) {
    return new CostReport(title, items, runs.stream().map(KernelCost::of).toList(), book);
  }

  /// Kernel time in seconds, launches excluded.
  public double kernelSeconds() {
    return kernels.stream().mapToDouble(KernelCost::seconds).sum();
  }

  /// Launch overhead in seconds.
  public double launchSeconds() {
    return kernels.stream().mapToDouble(KernelCost::launchSeconds).sum();
  }

  /// Energy in joules while kernels run.
  public double joules() {
    return kernels.stream().mapToDouble(KernelCost::joules).sum();
  }

  /// Whether most of the kernel time goes to kernels that no engine bounds: work too small for the
  /// chip.
  public boolean isLatencyBound() {
    double latency =
        kernels.stream()
            .filter(k -> k.bound().kind() == Bound.Kind.LATENCY)
            .mapToDouble(KernelCost::seconds)
            .sum();
    return latency > kernelSeconds() / 2;
  }

  /// USD per million items for the time the chip is occupied, launches included, at full
  /// utilisation.
  public Range dollarsPerMillion() {
    double hoursPerItem = (kernelSeconds() + launchSeconds()) / items / 3_600;
    return book.dollarsPerChipHour().times(hoursPerItem * 1e6);
  }

  /// A table of kernels and a total line with the price book.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(title).append('\n');
    text.append(
        "  %-28s %12s %12s %12s  %s\n"
            .formatted("kernel", "time us", "launch us", "energy uJ", "bound"));
    for (KernelCost k : kernels) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-28s %12.3f %12.3f %12.3f  %s\n",
              k.kernel(),
              k.seconds() * 1e6,
              k.launchSeconds() * 1e6,
              k.joules() * 1e6,
              k.bound()));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "  %-28s %12.3f %12.3f %12.3f\n",
            "total",
            kernelSeconds() * 1e6,
            launchSeconds() * 1e6,
            joules() * 1e6));
    return text.append(
            "  modelled cost per million items: %s $ at %s%s\n"
                .formatted(
                    dollarsPerMillion(),
                    book,
                    isLatencyBound() ? "; latency-bound: a larger batch costs less" : ""))
        .toString();
  }
}
