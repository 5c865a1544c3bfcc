package maia.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;
import maia.numerics.DType;
import maia.tensor.LossReduction;
import maia.tensor.Messages;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Losses of elements against their formulas in fp64, and gradients against central differences.
class LossTest {
  private static final double BOUND = 2e-6;
  private static final double STEP = 1e-5;

  static Stream<Arguments> losses() {
    var none = LossReduction.NONE;
    return Stream.of(
        arguments("mse", new MSELoss(none), false, of((x, t) -> (x - t) * (x - t))),
        arguments("l1", new L1Loss(none), false, of((x, t) -> Math.abs(x - t))),
        arguments(
            "huber",
            new HuberLoss(0.7, none),
            false,
            of((x, t) -> {
              double d = Math.abs(x - t);
              return d <= 0.7 ? d * d / 2 : 0.7 * (d - 0.35);
            })),
        arguments(
            "bce",
            new BCELoss(none),
            true,
            of((x, t) -> -(t * Math.log(x) + (1 - t) * Math.log(1 - x)))),
        arguments(
            "bce with logits",
            new BCEWithLogitsLoss(Optional.of(Tensor.of(3)), none),
            false,
            of((x, t) ->
                3 * t * Math.log1p(Math.exp(-x)) + (1 - t) * (x + Math.log1p(Math.exp(-x))))),
        arguments(
            "kl",
            new KLDivLoss(KLDivLoss.Form.PROBABILITIES, none),
            false,
            of((x, t) -> t == 0 ? 0 : t * (Math.log(t) - x))),
        arguments(
            "kl of logarithms",
            new KLDivLoss(KLDivLoss.Form.LOGARITHMS, none),
            false,
            of((x, t) -> Math.exp(t) * (t - x))));
  }

  private static DoubleBinaryOperator of(DoubleBinaryOperator formula) {
    return formula;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void loss_ofElements_followsItsFormula(
      String name, Loss loss, boolean probabilities, DoubleBinaryOperator formula) {
    Tensor x = Tensor.randn(DType.F32, 1, 4, 5);
    Tensor p = (probabilities ? x.sigmoid() : x).detach().requireGrad();
    Tensor t = Tensor.rand(DType.F32, 2, 4, 5);
    Tensor y = loss.forward(p, t);
    y.sum().backward();
    for (int i = 0; i < 20; i++) {
      double at = p.toArray()[i];
      double target = t.toArray()[i];
      double slope =
          (formula.applyAsDouble(at + STEP, target) - formula.applyAsDouble(at - STEP, target))
              / (2 * STEP);
      double expected = formula.applyAsDouble(at, target);
      assertThat((double) y.toArray()[i])
          .isCloseTo(expected, within(BOUND * Math.max(1, Math.abs(expected))));
      assertThat((double) p.grad().toArray()[i])
          .isCloseTo(slope, within(10 * BOUND * Math.max(1, Math.abs(slope))));
    }
  }

  @Test
  void reductions_ofOneLoss_agree() {
    Tensor x = Tensor.of(new float[][] {{1, 2}, {3, 4}, {5, 6}});
    Tensor t = Tensor.zeros(3, 2);

    assertThat(new L1Loss().forward(x, t).item()).isEqualTo(3.5f);
    assertThat(new L1Loss(LossReduction.SUM).forward(x, t).item()).isEqualTo(21);
    assertThat(new L1Loss(LossReduction.BATCH_MEAN).forward(x, t).item()).isEqualTo(7);
  }

  @Test
  void bce_certainAndWrong_costsAHundred() {
    Tensor p = Tensor.of(0, 1).requireGrad();
    Tensor loss = new BCELoss(LossReduction.NONE).forward(p, Tensor.of(1, 1));
    loss.sum().backward();

    assertThat(loss.abs().toArray()).containsExactly(100, 0);
    assertThat(p.grad().toArray()).doesNotContain(Float.NaN);
  }

  @ParameterizedTest
  @ValueSource(floats = {1.5f, -0.25f, Float.NaN, Float.POSITIVE_INFINITY})
  void bce_ofNoProbability_isRefused(float wrong) {
    Tensor p = Tensor.of(new float[][] {{0, 1}, {wrong, 0.5f}});

    assertThatThrownBy(() -> new BCELoss().forward(p, Tensor.zeros(2, 2)))
        .isInstanceOf(TensorException.class)
        .hasMessageContaining(
            "BCELoss: predictions must be probabilities from 0 to 1, but number 2 of [2, 2] is "
                + wrong
                + "; apply sigmoid() first, or use BCEWithLogitsLoss");
  }

  @Test
  void nll_ofLogSoftmax_isCrossEntropy() {
    Tensor x = Tensor.randn(DType.F32, 1, 5, 4);
    Tensor classes = Tensor.ofLongs(0, 3, -100, 1, 2);
    Optional<Tensor> weight = Optional.of(Tensor.of(1, 2, 0.5f, 3));
    for (LossReduction reduction : LossReduction.values()) {
      Tensor a = x.detach().requireGrad();
      Tensor b = x.detach().requireGrad();
      Tensor ofA = new NLLLoss(-100, weight, reduction).forward(a.logSoftmax(1), classes);
      Tensor ofB =
          new CrossEntropyLoss().weight(weight.get()).reduction(reduction).forward(b, classes);
      ofA.sum().backward();
      ofB.sum().backward();

      assertThat(ofA.sub(ofB).abs().max().item()).isLessThan(1e-6f);
      assertThat(a.grad().sub(b.grad()).abs().max().item()).isLessThan(1e-6f);
    }
  }

  @Test
  void loss_shapesDiffer_refused() {
    Messages.shapeRefusal(() -> new MSELoss().forward(Tensor.zeros(2, 3), Tensor.zeros(3)))
        .isEqualTo("MSELoss: prediction and target must have one shape, got [2, 3] and [3]");
  }
}
