package maia.tensor.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Optimisers and schedules against values that PyTorch 1.13 gives for the same steps.
class OptimizersOfPyTorchTest {
  private static final int STEPS = 4;

  /// PyTorch updates in fp32 as well, with divisions and additions in another order.
  private static final float ROUNDING = 2e-6f;

  private static Tensor parameter() {
    return Tensor.of(1, -2, 0.5f, 3).requireGrad();
  }

  private static void step(Optimizer optimizer, Tensor p, int step) {
    optimizer.zeroGrad();
    Tensor slope = Tensor.of(1, 2, 3, -1).mul(step + 1);
    p.pow(3).div(3).add(p.mul(slope)).sum().backward();
    optimizer.step();
  }

  private static void follows(Function<List<Tensor>, Optimizer> made, float... expected) {
    Tensor p = parameter();
    Optimizer optimizer = made.apply(List.of(p));
    for (int i = 0; i < STEPS; i++) {
      step(optimizer, p, i);
    }
    assertThat(p.toArray()).containsExactly(expected, within(ROUNDING));
  }

  private static List<ParamGroup> group(List<Tensor> p, double rate, double decay) {
    return List.of(new ParamGroup(p, rate, decay));
  }

  @Test
  void rmsprop_usual_followsPyTorch() {
    follows(p -> new RMSprop(p, 0.05), -0.575816035f, -3.67769432f, -1.21520901f, 2.1155529f);
  }

  @Test
  void rmsprop_centredWithMomentumAndDecay_followsPyTorch() {
    var settings = new RMSprop.Settings(0.9, 1e-6, 0, RMSprop.Divisor.SQUARES);
    follows(
        p -> new RMSprop(group(p, 0.05, 0.1), settings.momentum(0.8).centred()),
        -0.208370447f,
        -3.2449789f,
        -0.776129901f,
        2.08415365f);
  }

  @Test
  void adagrad_usual_followsPyTorch() {
    follows(p -> new Adagrad(p, 0.1), 0.678573191f, -2.31946397f, 0.159671366f, 2.76170087f);
  }

  @Test
  void adagrad_withDecays_followsPyTorch() {
    follows(
        p -> new Adagrad(group(p, 0.1, 0.05), new Adagrad.Settings(0.2, 0.3, 1e-6)),
        0.742883563f,
        -2.25990725f,
        0.226075232f,
        2.79552674f);
  }

  @Test
  void stateDict_loadedInTheMiddle_continuesWithTheSameBits() {
    var settings = RMSprop.Settings.USUAL.momentum(0.5).centred();
    List<Function<List<Tensor>, Optimizer>> all =
        List.of(
            p -> new RMSprop(group(p, 0.05, 0.1), settings),
            p -> new Adagrad(group(p, 0.1, 0.05), new Adagrad.Settings(0.2, 0.3, 1e-6)));
    for (var made : all) {
      Tensor p = parameter();
      Optimizer first = made.apply(List.of(p));
      step(first, p, 0);
      step(first, p, 1);
      Tensor q = Tensor.of(p.toArray()).requireGrad();
      Optimizer second = made.apply(List.of(q));
      second.loadStateDict(first.stateDict());
      step(first, p, 2);
      step(second, q, 2);

      assertThat(q.toArray()).containsExactly(p.toArray());
    }
  }

  private static void rates(Schedule schedule, double... expected) {
    double[] got = IntStream.range(0, expected.length).mapToDouble(schedule::factor).toArray();
    assertThat(got).containsExactly(expected, within(1e-6));
  }

  @Test
  void schedules_followPyTorch() {
    rates(
        Schedule.cosineRestarts(3, 2, 0.1),
        1.0,
        0.775,
        0.325,
        1.0,
        0.939711,
        0.775,
        0.55,
        0.325,
        0.160289,
        1.0,
        0.984667,
        0.939711);
    rates(Schedule.cosineRestarts(3, 1, 0), 1.0, 0.75, 0.25, 1.0, 0.75, 0.25, 1.0, 0.75);
    rates(Schedule.polynomial(5, 2), 1.0, 0.64, 0.36, 0.16, 0.04, 0.0, 0.0);
    rates(
        Schedule.linear(0.25, 1, 3).then(3, Schedule.exponential(0.5)),
        0.25,
        0.5,
        0.75,
        1.0,
        0.5,
        0.25,
        0.125);
    rates(
        Schedule.oneCycle(10),
        0.04,
        0.52,
        1.0,
        0.950485,
        0.811746,
        0.611262,
        0.388742,
        0.188258,
        0.0495194,
        4e-06);
    rates(Schedule.inverseRoot(4), 0.25, 0.5, 0.75, 1, Math.sqrt(0.8));
    rates(Schedule.exponential(0.5).times(Schedule.step(2, 0.1)), 1, 0.5, 0.025);
  }

  private static double[] factors(Plateau plateau, double... values) {
    return Arrays.stream(values).map(plateau::see).toArray();
  }

  @Test
  void plateau_lossesThatStall_followsPyTorch() {
    var settings = new Plateau.Settings(Plateau.Better.LOWER, 0.5, 1, 1e-4, 2, 0.2);
    Plateau plateau = new Plateau(settings);

    assertThat(factors(plateau, 3, 2, 2, 2, 2, 1.99999, 1.5))
        .containsExactly(1, 1, 1, 0.5, 0.5, 0.5, 0.5);
    Plateau continued = new Plateau(settings, plateau.state());
    assertThat(factors(continued, 1.6, 1.6, 1.6, 1.7, 1.7, 1.7, 1.7))
        .containsExactly(0.5, 0.25, 0.25, 0.25, 0.25, 0.2, 0.2);
  }

  @Test
  void plateau_accuraciesThatStall_followsPyTorch() {
    Plateau plateau = new Plateau(Plateau.Settings.USUAL.higher().patience(0));

    assertThat(factors(plateau, .5, .6, .6, .7, .70001))
        .containsExactly(new double[] {1, 1, 0.1, 0.1, 0.01}, within(1e-15));
  }

  @Test
  void settings_outOfRange_refused() {
    assertThatThrownBy(() -> RMSprop.Settings.USUAL.momentum(1))
        .hasMessage("rmsprop: smoothing and momentum must be from 0 to below 1, were 0.99 and 1.0");
    assertThatThrownBy(() -> new Adagrad.Settings(0, -1, 1))
        .hasMessage("adagrad: rate decay and initial sum must not be negative, were 0.0 and -1.0");
    assertThatThrownBy(() -> Plateau.Settings.USUAL.shrink(1))
        .hasMessage("plateau: shrink must be between 0 and 1, was 1.0");
    assertThatThrownBy(() -> Schedule.cosineRestarts(0, 1, 0))
        .hasMessage("schedule: period and growth must be positive, were 0 and 1");
  }
}
