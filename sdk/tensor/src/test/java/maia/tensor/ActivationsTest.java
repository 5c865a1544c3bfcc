package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;

/// Activations, lengths and windows against values that PyTorch 1.13 gives.
class ActivationsTest {
  private static final Tensor X = Tensor.of(-4, -1.5f, -0.3f, 0, 0.4f, 2, 7);
  private static final Tensor A = Tensor.of(new float[] {1, 2, -1, 0.5f, 0, 3}, 2, 3);
  private static final Tensor B = Tensor.of(new float[] {2, 1, 1, -1, 2, 0.25f}, 2, 3);

  private static void is(Tensor got, double... expected) {
    float[] values = got.toArray();
    assertThat(values).hasSize(expected.length);
    for (int i = 0; i < values.length; i++) {
      double room = 1e-6 * Math.max(1, Math.abs(expected[i]));
      assertThat((double) values[i]).as("element %d", i).isCloseTo(expected[i], within(room));
    }
  }

  @Test
  void activations_followPyTorch() {
    is(Activations.relu6(X), 0, 0, 0, 0, 0.4, 2, 6);
    is(Activations.hardsigmoid(X), 0, 0.25, 0.45, 0.5, 0.5666667, 0.8333333, 1);
    is(Activations.hardswish(X), 0, -0.375, -0.135, 0, 0.2266667, 1.666667, 7);
    is(Activations.mish(X), -0.07259175, -0.2980998, -0.1511332, 0, 0.2890305, 1.943959, 6.999989);
    is(Activations.selu(X), -1.725899, -1.365814, -0.4556673, 0, 0.4202804, 2.101402, 7.354907);
    is(Activations.softsign(X), -0.8, -0.6, -0.2307692, 0, 0.2857143, 0.6666667, 0.875);
    is(
        Activations.logSigmoid(X),
        -4.01815,
        -1.701413,
        -0.8543552,
        -0.6931472,
        -0.5130153,
        -0.126928,
        -0.0009114665);
    is(
        Activations.tanhshrink(X),
        -3.000671,
        -0.5948517,
        -0.008687377,
        0,
        0.02005103,
        1.035972,
        6.000002);
    is(Activations.hardtanh(X, -2, 3), -2, -1.5, -0.3, 0, 0.4, 2, 3);
    is(Activations.celu(X, 1.5), -1.395775, -0.9481808, -0.2719039, 0, 0.4, 2, 7);
    is(Activations.hardshrink(X, 0.5), -4, -1.5, 0, 0, 0, 2, 7);
    is(Activations.softshrink(X, 0.5), -3.5, -1, 0, 0, 0, 1.5, 6.5);
    is(Activations.threshold(X, 0.1, 20), 20, 20, 20, 20, 0.4, 2, 7);
    is(
        Activations.softmin(X, 0),
        0.8772722,
        0.07201089,
        0.02168926,
        0.0160678,
        0.01077057,
        0.002174541,
        1.465194e-05);
    is(Activations.glu(X.slice(0, 0, 6), 0), -2, -0.8980315, -0.2642391);
    is(
        Activations.prelu(X.slice(0, 0, 6).reshape(1, 3, 2), Tensor.of(.1f, .2f, .3f)),
        -0.4,
        -0.15,
        -0.06,
        0,
        0.4,
        2);
  }

  @Test
  void lengths_followPyTorch() {
    is(Similarity.normalize(A, 1), 0.4082483, 0.8164966, -0.4082483, 0.164399, 0, 0.9863939);
    is(Similarity.cosine(A, B, 1), 0.5, 0.03653311);
    is(Similarity.distance(A, B, 2), 2.449489, 3.716518);
  }

  @Test
  void crossEntropy_ofProbabilities_followsPyTorch() {
    Tensor q = Tensor.of(new float[] {.2f, .5f, .3f, 0, .9f, .1f}, 2, 3);
    is(Functional.crossEntropy(A, q), 2.136442);
    is(
        Functional.crossEntropy(
            A,
            q,
            new CrossEntropy(CrossEntropy.IGNORE, 0.1f),
            Optional.of(Tensor.of(1, 2, .5f)),
            LossReduction.MEAN),
        3.248568);
    is(
        Functional.crossEntropy(
            A.t().reshape(1, 3, 2),
            q.t().reshape(1, 3, 2),
            new CrossEntropy(CrossEntropy.IGNORE, 0),
            Optional.empty(),
            LossReduction.NONE),
        1.449012,
        2.823873);
    assertThatThrownBy(() -> Functional.crossEntropy(A, Tensor.of(1, 2)))
        .hasMessageStartingWith(
            "crossEntropy: probabilities must have the shape of the logits, got 2 and 2x3"
                + " (classes last); true classes are integers");
  }

  @Test
  void foldOfUnfold_countsWindows_asPyTorch() {
    Tensor image = Tensor.arange(40).to(DType.F32).reshape(1, 2, 4, 5);
    Window window = Window.of().dilation(2, 1).padding(1, 0).stride(1, 2);
    Tensor columns = Spatial.unfold(image, 2, 3, window);

    assertThat(columns.shape()).containsExactly(1, 12, 8);
    is(columns.select(1, 0), 0, 0, 0, 2, 5, 7, 10, 12);
    is(columns.select(1, 11), 27, 29, 32, 34, 37, 39, 0, 0);
    is(
        Spatial.fold(columns, 4, 5, 2, 3, window),
        0,
        1,
        4,
        3,
        4,
        10,
        12,
        28,
        16,
        18,
        20,
        22,
        48,
        26,
        28,
        15,
        16,
        34,
        18,
        19,
        20,
        21,
        44,
        23,
        24,
        50,
        52,
        108,
        56,
        58,
        60,
        62,
        128,
        66,
        68,
        35,
        36,
        74,
        38,
        39);
  }

  @Test
  void pixels_followPyTorch() {
    Tensor x = Tensor.randn(DType.F32, 3, 2, 8, 3, 2);
    Tensor y = Spatial.pixelShuffle(x, 2);
    assertThat(y.shape()).containsExactly(2, 2, 6, 4);
    // channel c, row 2i + a, column 2j + b comes from channel 4c + 2a + b at (i, j)
    assertThat(y.get(1, 1, 5, 2).item()).isEqualTo(x.get(1, 4 + 2, 2, 1).item());
    assertThat(Spatial.pixelUnshuffle(y, 2).toArray()).isEqualTo(x.toArray());
    is(Spatial.channelShuffle(Tensor.of(0, 1, 2, 3).reshape(1, 4, 1, 1), 2), 0, 2, 1, 3);
    is(
        Functional.instanceNorm(
            Tensor.of(new float[] {0, 1, 5, 6, 20, 21, 25, 26}, 1, 2, 2, 2), 1e-5),
        -1.176696,
        -0.784464,
        0.784464,
        1.176696,
        -1.176696,
        -0.784464,
        0.784464,
        1.176696);
  }

  @Test
  void mistakes_areNamed() {
    assertThatThrownBy(() -> Activations.glu(X, 0))
        .hasMessageStartingWith("glu: dimension 0 must have an even size, the shape is 7");
    assertThatThrownBy(() -> Spatial.pixelShuffle(Tensor.zeros(1, 6, 2, 2), 2))
        .hasMessageStartingWith(
            "pixelShuffle: channels must be a multiple of 2 * 2 in [.., channels, height, width], got"
                + " 1x6x2x2");
    assertThatThrownBy(() -> Spatial.unfold(Tensor.zeros(1, 1, 2, 2), 3, 3, Window.of()))
        .hasMessageStartingWith("unfold: a window of 3 does not fit a size of 2 with padding 0");
  }

  @Test
  void notANumber_staysOne() {
    Tensor x = Tensor.of(Float.NaN);
    for (Tensor y :
        List.of(
            Activations.hardshrink(x, 0.5),
            Activations.threshold(x, 0.1, 20),
            Activations.prelu(x, Tensor.of(0.25f)),
            Activations.mish(x))) {
      assertThat(y.item()).isNaN();
    }
  }
}
