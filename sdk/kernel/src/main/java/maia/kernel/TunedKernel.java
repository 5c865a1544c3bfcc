package maia.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import maia.base.Check;
import maia.kernel.tune.Configuration;
import maia.kernel.tune.Tune;

/// A kernel whose metas are chosen at each launch by simulating the most promising configurations;
/// what was simulated once is known from then on, in this object and on disk.
public final class TunedKernel {
  private static final int KNOWN = 1024;

  private final Kernel kernel;
  private final Tune tune;
  private final Map<String, String> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > KNOWN;
        }
      };

  TunedKernel(Kernel kernel, Tune tune) {
    this.kernel = kernel;
    this.tune = tune;
  }

  /// The kernel.
  public Kernel kernel() {
    return kernel;
  }

  /// What is tried.
  public Tune tune() {
    return tune;
  }

  /// The results of earlier simulations by key; shared by all launches of this kernel.
  Map<String, String> known() {
    return known;
  }

  /// This kernel on a grid whose sizes, one to three, follow from the configuration.
  @SafeVarargs
  public final TunedLaunch grid(ToIntFunction<Configuration>... sizes) {
    Check.argument(
        sizes.length >= 1 && sizes.length <= 3,
        "grid of '%s': needs one to three sizes, got %d",
        kernel.name(),
        sizes.length);
    List<ToIntFunction<Configuration>> dimensions = new ArrayList<>();
    for (ToIntFunction<Configuration> size : sizes) {
      dimensions.add(size);
    }
    return new TunedLaunch(this, dimensions, Optional.empty());
  }
}
