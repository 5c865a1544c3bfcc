package maia.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Collects the kernels that eager operations launch: `Profile.of(() -> x.linear(w).relu())`.
///
/// @param <T> the result's type
/// @param result what the body returned
/// @param kernels the kernels it launched, in order
public record Profile<T>(T result, List<KernelRun> kernels) {
  private static final ScopedValue<List<KernelRun>> RUNS = ScopedValue.newInstance();

  public Profile {
    kernels = List.copyOf(kernels);
  }

  /// Runs `body` and collects every kernel that operations on a simulated device launch in it.
  public static <T> Profile<T> of(Supplier<T> body) {
    List<KernelRun> runs = new ArrayList<>();
    T result = ScopedValue.where(RUNS, runs).call(body::get);
    return new Profile<>(result, runs);
  }

  static void record(KernelRun run) {
    if (RUNS.isBound()) {
      RUNS.get().add(run);
    }
  }

  /// One line per kernel, and the sums.
  public Report report() {
    return Report.of(kernels);
  }
}
