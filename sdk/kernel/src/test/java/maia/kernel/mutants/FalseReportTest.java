package maia.kernel.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import maia.kernel.Compiler;
import maia.kernel.KernelCall;
import maia.machine.Chip;
import maia.npl.Program;
import maia.numerics.HostArray;
import maia.sim.Exploration;
import maia.sim.Explore;
import maia.sim.Launch;
import maia.sim.Options;
import maia.sim.Schedule;
import maia.sim.Simulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compiled programs are not reported under any schedule, and do not depend on it.
class FalseReportTest {
  private static final int KERNELS = Integer.getInteger("maia.pipelines", 180) / 3;

  /// Random orders beside the eager and the late one; a hundred in all with `-Pmutants`.
  private static final int SEEDS = System.getProperty("maia.mutants") == null ? 18 : 98;

  @Test
  void kernels_atRandom_areNotReported_underAnySchedule() {
    for (int seed = 0; seed < KERNELS; seed++) {
      var kernel = new RandomKernel(seed);
      float[][] eager = run(kernel, Schedule.EAGER);
      assertThat(run(kernel, Schedule.LATEST)).as("seed %d", seed).isDeepEqualTo(eager);
      assertThat(run(kernel, Schedule.seeded(seed))).as("seed %d", seed).isDeepEqualTo(eager);
    }
  }

  private static float[][] run(RandomKernel kernel, Schedule schedule) {
    KernelCall call = kernel.launch().call(KernelCall.Mode.COMPUTE, kernel.arguments().toArray());
    Program program = Compiler.compile(call.func(), Chip.TOY, call.grid()).program();
    Options options = Options.defaults().withSchedule(schedule).withTraceLimit(0);
    try {
      Simulator.on(Chip.TOY)
          .run(program, new Launch(call.arrays(), call.scalars(), call.grid(), options));
    } catch (RuntimeException report) {
      throw new AssertionError("under %s:%n%s".formatted(schedule, program), report);
    }
    return call.arrays().stream().map(HostArray::floats).toArray(float[][]::new);
  }

  @ParameterizedTest
  @MethodSource("maia.kernel.mutants.Subjects#all")
  void subject_underManySchedules_givesTheSameBits(Subject subject) {
    Exploration result =
        Explore.on(subject.machine()).run(subject.listing().program, subject.launch().get(), SEEDS);
    assertThat(result.outcomes()).hasSize(SEEDS + 2);
    assertThat(result.isStable()).as(result.toString()).isTrue();
  }
}
