package maia.kernel;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import maia.kernel.tune.Configuration;
import maia.kernel.tune.TuneResult;

/// A kernel to be tuned, on a grid that follows from the configuration.
public final class TunedLaunch {
  private final TunedKernel tuned;
  private final List<ToIntFunction<Configuration>> grid;
  private final Optional<Launcher> launcher;

  TunedLaunch(
      TunedKernel tuned, List<ToIntFunction<Configuration>> grid, Optional<Launcher> launcher) {
    this.tuned = tuned;
    this.grid = List.copyOf(grid);
    this.launcher = launcher;
  }

  /// This launch on a chosen launcher instead of the one found through [java.util.ServiceLoader].
  public TunedLaunch on(Launcher chosen) {
    return new TunedLaunch(tuned, grid, Optional.of(chosen));
  }

  /// Tunes for these arguments, which need a shape but no memory. Interrupting the thread stops it;
  /// what was simulated by then stays known.
  public TuneResult tune(Object... arguments) {
    return new Tuner(tuned, this, arguments).result();
  }

  /// Tunes for these arguments and runs the best configuration on them.
  public Run run(Object... arguments) {
    return best(arguments).run(arguments);
  }

  /// Tunes for these arguments and runs the best configuration for time and energy only.
  public Run timing(Object... arguments) {
    return best(arguments).timing(arguments);
  }

  /// The launch of the best configuration for these arguments.
  public KernelLaunch best(Object... arguments) {
    return launch(tune(arguments).best());
  }

  KernelLaunch launch(Configuration configuration) {
    Kernel chosen = tuned.kernel();
    for (Map.Entry<String, Object> meta : configuration.metas().entrySet()) {
      chosen = chosen.withValue(meta.getKey(), meta.getValue());
    }
    KernelLaunch launch = new KernelLaunch(chosen, grid);
    return launcher.map(launch::on).orElse(launch);
  }

  Launcher launcher() {
    return launcher.orElseGet(() -> KernelLaunch.present(tuned.kernel().name()));
  }
}
