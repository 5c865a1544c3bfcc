package maia.tensor.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {
  /// The cosine is one of fp32.
  private static final double BOUND = 1e-6;

  @Test
  void step_everySize_multipliesByGamma() {
    Schedule s = Schedule.step(3, 0.5);

    assertThat(new double[] {s.factor(0), s.factor(2), s.factor(3), s.factor(8), s.factor(9)})
        .containsExactly(1, 1, 0.5, 0.25, 0.125);
  }

  @Test
  void multiStepAndExponential_followTheirFormulas() {
    Schedule s = Schedule.multiStep(0.1, 8, 4);

    assertThat(s.factor(3)).isEqualTo(1);
    assertThat(s.factor(4)).isEqualTo(0.1);
    assertThat(s.factor(8)).isCloseTo(0.01, within(BOUND));
    assertThat(Schedule.exponential(0.9).factor(10)).isCloseTo(Math.pow(0.9, 10), within(BOUND));
  }

  @Test
  void cosine_fallsToTheLowest_andStays() {
    Schedule s = Schedule.cosine(10, 0.1);
    for (int i = 0; i <= 10; i++) {
      double expected = 0.1 + 0.9 / 2 * (1 + Math.cos(Math.PI * i / 10));
      assertThat(s.factor(i)).isCloseTo(expected, within(BOUND));
    }
    assertThat(s.factor(50)).isCloseTo(0.1, within(BOUND));
  }

  @Test
  void warmup_risesLinearly_thenStartsTheOther() {
    Schedule s = Schedule.linear(1, 0, 10).afterWarmup(4);

    assertThat(new double[] {s.factor(0), s.factor(3), s.factor(4), s.factor(9), s.factor(20)})
        .containsExactly(0.25, 1, 1, 0.5, 0);
  }

  @Test
  void oneCycle_startsTopsAndEnds_asInPyTorch() {
    Schedule s = Schedule.oneCycle(100);

    assertThat(s.factor(0)).isCloseTo(1 / 25.0, within(BOUND));
    assertThat(s.factor(29)).isCloseTo(1, within(BOUND));
    assertThat(s.factor(64)).isCloseTo((1 + 1 / 250_000.0) / 2, within(1e-5));
    assertThat(s.factor(99)).isCloseTo(1 / 250_000.0, within(BOUND));
  }

  @Test
  void lambda_isASchedule() {
    Schedule s = step -> 1.0 / (1 + step);

    assertThat(s.factor(3)).isEqualTo(0.25);
  }
}
