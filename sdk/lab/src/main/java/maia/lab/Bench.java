package maia.lab;

import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import maia.base.Check;
import maia.base.Rich;
import maia.kernel.Run;

/// A kernel timed: what the simulated chip takes and what this computer takes to find that out are
/// different things and stand in different fields.
///
/// @param name what was timed
/// @param simulatedCycles kernel time in cycles of the chip's tile clock
/// @param simulatedPicoseconds kernel time on the chip
/// @param hostNanoseconds time of this computer for one run, the least of several
/// @param runs how many runs the host time is the least of
public record Bench(
    String name, long simulatedCycles, long simulatedPicoseconds, long hostNanoseconds, int runs)
    implements Rich {
  private static final int RUNS = 5;

  /// Times `run` on this computer: once to warm up, then the least of five.
  ///
  /// ```java
  /// Bench.of("matmul", () -> launch.timing(a, b, c))
  /// ```
  public static Bench of(String name, Supplier<? extends Run> run) {
    Run first = run.get();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < RUNS; i++) {
      long start = System.nanoTime();
      Run again = run.get();
      least = Math.min(least, System.nanoTime() - start);
      Check.argument(
          again.cycles() == first.cycles(),
          "bench '%s': a run took %d cycles, an earlier one %d; time the same work each time",
          name,
          again.cycles(),
          first.cycles());
    }
    return new Bench(name, first.cycles(), first.picoseconds(), least, RUNS);
  }

  @Override
  public Map<String, String> mime() {
    return table().mime();
  }

  private TableData table() {
    return TableData.of("", "what", "simulated cycles", "simulated us", "host ms, least of " + runs)
        .row(
            name,
            String.valueOf(simulatedCycles),
            String.format(Locale.ROOT, "%.3f", simulatedPicoseconds * 1e-6),
            String.format(Locale.ROOT, "%.3f", hostNanoseconds * 1e-6));
  }

  /// The fields as a table of one row.
  @Override
  public String toString() {
    return table().toString();
  }
}
