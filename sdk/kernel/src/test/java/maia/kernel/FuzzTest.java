package maia.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Optional;
import maia.kernel.fuzz.Spec;
import maia.kernel.ir.KernelException;
import maia.machine.Chip;
import maia.npl.NplException;
import org.junit.jupiter.api.Test;

/// Random well-typed kernels: eager mode, interpreter and simulator agree bit for bit. How many is
/// the system property `maia.fuzz.count`, from which seed on `maia.fuzz.first`; `-Pfuzz` runs many.
/// A failure shows the smallest kernel found that still disagrees; what was found stands in
/// [FuzzFindingsTest].
class FuzzTest {
  private static final int COUNT = Integer.getInteger("maia.fuzz.count", 40);
  private static final long FIRST = Long.getLong("maia.fuzz.first", 1);

  int simulated;

  @Test
  void randomKernels_inEveryMode_agree() {
    for (long seed = FIRST; seed < FIRST + COUNT; seed++) {
      Spec spec = Spec.of(seed);
      if (disagreement(spec).isPresent()) {
        Spec small = smaller(spec);
        fail("%s\n%s\n%s", small, disagreement(small).orElse(""), text(small));
      }
    }
    assertThat(simulated).as("of %d kernels, those that compile", COUNT).isGreaterThan(COUNT / 4);
  }

  static String text(Spec spec) {
    try {
      return spec.launch().kernel().trace().func().toString();
    } catch (RuntimeException e) {
      return e.toString();
    }
  }

  /// The smallest kernel found that still disagrees.
  Spec smaller(Spec spec) {
    Spec small = spec;
    while (small.statements() > 0 && disagreement(small.shorter()).isPresent()) {
      small = small.shorter();
    }
    for (int i = small.statements() - 2; i >= 0; i--) {
      if (disagreement(small.without(i)).isPresent()) {
        small = small.without(i);
      }
    }
    return small;
  }

  /// How the modes differ, if they do.
  Optional<String> disagreement(Spec spec) {
    KernelLaunch launch = spec.launch();
    KernelCall interpreted = launch.call(KernelCall.Mode.COMPUTE, spec.arguments());
    KernelCall eager = Twin.of(interpreted);
    KernelCall simulated = Twin.of(interpreted);
    Optional<RuntimeException> first = failure(() -> interpreted.interpret());
    Optional<RuntimeException> second = failure(() -> Modes.eager(launch, eager));
    if (first.isPresent() != second.isPresent()) {
      return Optional.of("interpreter: %s\neager mode: %s".formatted(first, second));
    }
    if (first.isEmpty()) {
      Optional<String> difference = Twin.difference(interpreted, eager);
      if (difference.isPresent()) {
        return difference.map(d -> "interpreter against eager mode: " + d);
      }
    }
    return simulated(interpreted, simulated, first);
  }

  private Optional<String> simulated(
      KernelCall interpreted, KernelCall call, Optional<RuntimeException> expected) {
    try {
      Compiler.compile(call.func(), Chip.MAIA_200, call.grid());
    } catch (KernelException notBuilt) {
      return Optional.empty();
    }
    simulated++;
    Optional<RuntimeException> failure = failure(() -> OnSim.simulate(call, Chip.MAIA_200));
    if (failure.isPresent() != expected.isPresent()) {
      return Optional.of("interpreter: %s\nsimulator: %s".formatted(expected, failure));
    }
    return failure.isPresent()
        ? Optional.empty()
        : Twin.difference(interpreted, call).map(d -> "interpreter against simulator: " + d);
  }

  private static Optional<RuntimeException> failure(Runnable run) {
    try {
      run.run();
      return Optional.empty();
    } catch (KernelException | NplException mistake) {
      return Optional.of(mistake);
    }
  }
}
