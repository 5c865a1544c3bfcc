package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;

import maia.machine.Chip;
import maia.npl.Npl;
import maia.npl.Program;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

/// Correct programs are not reported, under no schedule, and give the same bits under all.
class FalseReportTest {
  private static final int PROGRAMS = Integer.getInteger("maia.pipelines", 240);

  @Test
  void pipelines_correctByConstruction_areNotReported() {
    for (int seed = 0; seed < PROGRAMS; seed++) {
      var pipeline = new RandomPipeline(seed);
      Program program = Npl.parse(pipeline.text());
      float[][] eager = run(pipeline, program, Schedule.EAGER);
      assertThat(run(pipeline, program, Schedule.LATEST)).as("seed %d", seed).isDeepEqualTo(eager);
      assertThat(run(pipeline, program, Schedule.seeded(seed)))
          .as("seed %d", seed)
          .isDeepEqualTo(eager);
    }
  }

  private static float[][] run(RandomPipeline pipeline, Program program, Schedule schedule) {
    Launch launch = pipeline.launch();
    try {
      Simulator.on(Chip.TOY)
          .run(program, launch.with(Options.defaults().withSchedule(schedule).withTraceLimit(0)));
    } catch (RuntimeException report) {
      throw new AssertionError("under %s:%n%s".formatted(schedule, program), report);
    }
    return launch.arrays().stream().map(HostArray::floats).toArray(float[][]::new);
  }
}
