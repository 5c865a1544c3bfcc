package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Functions of networks, forward and backward, against slow loops in fp64 and their central
/// differences.
class FunctionalTest {
  /// A few roundings of values around 1 to fp32.
  private static final double FORWARD = 2e-6;

  /// The same, amplified by the sums of a gradient.
  private static final double BACKWARD = 2e-5;

  private static final double STEP = 1e-5;

  /// A function of flat inputs in fp64.
  interface Reference {
    double[] of(List<double[]> inputs);
  }

  private record Case(
      String name, List<long[]> shapes, Function<List<Tensor>, Tensor> op, Reference reference) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Arguments> cases() {
    List<Case> cases = new ArrayList<>();
    cases.add(each("gelu", Functional::gelu, x -> 0.5 * x * (1 + Slow.erf(x / Math.sqrt(2)))));
    cases.add(
        each(
            "gelu tanh",
            Functional::geluTanh,
            x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))));
    cases.add(each("silu", Functional::silu, x -> x / (1 + Math.exp(-x))));
    cases.add(each("leaky", x -> Functional.leakyRelu(x, 0.2), x -> x >= 0 ? x : 0.2 * x));
    cases.add(each("elu", x -> Functional.elu(x, 1.5), x -> x > 0 ? x : 1.5 * Math.expm1(x)));
    cases.add(each("softplus", Functional::softplus, x -> Math.log1p(Math.exp(x))));
    cases.add(norm("layer norm", 1, x -> Functional.layerNorm(x.getFirst(), 1, 1e-3), Slow.LAYER));
    cases.add(
        norm("layer norm w", 2, x -> Functional.layerNorm(x.get(0), x.get(1), 1e-3), Slow.LAYER));
    cases.add(
        norm(
            "layer norm wb",
            3,
            x -> Functional.layerNorm(x.get(0), x.get(1), x.get(2), 1e-3),
            Slow.LAYER));
    cases.add(norm("rms norm", 1, x -> Functional.rmsNorm(x.getFirst(), 1, 1e-3), Slow.RMS));
    cases.add(norm("rms norm w", 2, x -> Functional.rmsNorm(x.get(0), x.get(1), 1e-3), Slow.RMS));
    cases.add(
        new Case(
            "group norm",
            List.of(new long[] {2, 4, 3}, new long[] {4}, new long[] {4}),
            x -> Functional.groupNorm(x.get(0), 2, x.get(1), x.get(2), 1e-3),
            x -> Slow.groups(x, new int[] {2, 4, 3}, 2, 1e-3)));
    attention(cases);
    losses(cases);
    cases.add(
        new Case(
            "embedding",
            List.of(new long[] {5, 3}),
            x -> Functional.embedding(Tensor.ofLongs(4, 0, 4, 1).reshape(2, 2), x.getFirst()),
            x -> Slow.rows(x.getFirst(), 3, 4, 0, 4, 1)));
    return cases.stream().map(c -> arguments(c));
  }

  private static Case each(
      String name, Function<Tensor, Tensor> op, DoubleUnaryOperator reference) {
    return new Case(
        name,
        List.of(new long[] {3, 7}),
        x -> op.apply(x.getFirst()),
        x -> java.util.Arrays.stream(x.getFirst()).map(reference).toArray());
  }

  private static Case norm(
      String name, int inputs, Function<List<Tensor>, Tensor> op, Slow.Centre centre) {
    List<long[]> shapes = List.of(new long[] {2, 3, 5}, new long[] {5}, new long[] {5});
    return new Case(name, shapes.subList(0, inputs), op, x -> Slow.normalise(x, 5, 1e-3, centre));
  }

  private static void attention(List<Case> cases) {
    for (var causal : Attention.Causal.values()) {
      cases.add(
          new Case(
              "attention " + causal,
              List.of(new long[] {2, 3, 4}, new long[] {2, 5, 4}, new long[] {2, 5, 3}),
              x -> Functional.scaledDotProductAttention(x.get(0), x.get(1), x.get(2), causal),
              x -> Slow.attention(x, new int[] {2, 2, 3, 5, 4, 3}, causal)));
    }
    cases.add(
        new Case(
            "attention grouped with added mask",
            List.of(
                new long[] {1, 4, 2, 3},
                new long[] {1, 2, 3, 3},
                new long[] {1, 2, 3, 2},
                new long[] {2, 3}),
            x -> Functional.scaledDotProductAttention(x.get(0), x.get(1), x.get(2), x.get(3)),
            x -> Slow.attention(x, new int[] {4, 2, 2, 3, 3, 2}, Attention.Causal.NONE)));
  }

  private static void losses(List<Case> cases) {
    Tensor classes = Tensor.ofLongs(2, 0, -100, 1);
    Tensor weight = Tensor.of(0.5f, 2, 1);
    for (LossReduction reduction : LossReduction.values()) {
      for (double smoothing : new double[] {0, 0.3}) {
        cases.add(
            new Case(
                "cross entropy " + reduction + " " + smoothing,
                List.of(new long[] {4, 3}),
                x ->
                    Functional.crossEntropy(
                        x.getFirst(),
                        classes,
                        new CrossEntropy(-100, (float) smoothing),
                        Optional.of(weight),
                        reduction),
                x ->
                    Slow.crossEntropy(
                        x.getFirst(),
                        new int[] {2, 0, -100, 1},
                        new double[] {0.5, 2, 1},
                        smoothing,
                        reduction)));
      }
    }
  }

  private static List<Tensor> inputs(Case c) {
    List<Tensor> inputs = new ArrayList<>();
    for (int i = 0; i < c.shapes().size(); i++) {
      inputs.add(Tensor.randn(DType.F32, 40 + i, c.shapes().get(i)).add(0.01));
    }
    return inputs;
  }

  private static List<double[]> doubles(List<Tensor> inputs) {
    return inputs.stream().map(FunctionalTest::doubles).toList();
  }

  private static double[] doubles(Tensor x) {
    float[] values = x.toArray();
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static void assertClose(String what, float[] actual, double[] expected, double bound) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i])
          .as("%s, element %d", what, i)
          .isCloseTo(expected[i], within(bound * Math.max(1, Math.abs(expected[i]))));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void forward_everyFunction_equalsTheLoop(Case c) {
    List<Tensor> inputs = inputs(c);
    Tensor y = c.op().apply(inputs);

    assertClose(c.name(), y.toArray(), c.reference().of(doubles(inputs)), FORWARD);
    assertThat(c.op().apply(inputs.stream().map(x -> Tensor.meta(x.type(), x.shape())).toList()))
        .satisfies(meta -> assertThat(meta.shape()).isEqualTo(y.shape()))
        .satisfies(meta -> assertThat(meta.type()).isEqualTo(y.type()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void backward_everyFunction_equalsDifferencesOfTheLoop(Case c) {
    List<Tensor> inputs = inputs(c);
    inputs.forEach(Tensor::requireGrad);
    Tensor y = c.op().apply(inputs);
    Tensor direction = Tensor.randn(DType.F32, 7, y.shape());
    y.mul(direction).sum().backward();
    double[] along = doubles(direction);
    List<double[]> at = doubles(inputs);
    for (int i = 0; i < at.size(); i++) {
      double[] expected = new double[at.get(i).length];
      for (int e = 0; e < expected.length; e++) {
        expected[e] =
            (shifted(c, at, i, e, STEP, along) - shifted(c, at, i, e, -STEP, along)) / (2 * STEP);
      }
      assertClose(c.name() + ", input " + i, inputs.get(i).grad().toArray(), expected, BACKWARD);
    }
  }

  private static double shifted(
      Case c, List<double[]> at, int input, int element, double by, double[] along) {
    List<double[]> moved = new ArrayList<>(at);
    moved.set(input, at.get(input).clone());
    moved.get(input)[element] += by;
    double[] y = c.reference().of(moved);
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += y[i] * along[i];
    }
    return sum;
  }

  @Test
  void layerNorm_overTwoDimensions_normalisesThemTogether() {
    Tensor x = Tensor.randn(DType.F32, 3, 2, 3, 4);

    assertThat(Functional.layerNorm(x, 2, 1e-5).toArray())
        .isEqualTo(Functional.layerNorm(x.reshape(2, 12), 1, 1e-5).toArray());
  }

  @Test
  void norms_ofBf16_roundOnceFromFp32() {
    Tensor x = Tensor.randn(DType.BF16, 3, 2, 40);
    Tensor w = Tensor.randn(DType.F32, 4, 40);

    assertThat(Functional.rmsNorm(x, w, 1e-5).toArray())
        .isEqualTo(Functional.rmsNorm(x.to(DType.F32), w, 1e-5).to(DType.BF16).toArray());
  }

  @Test
  void layerNorm_weightOfAnotherShape_refused() {
    Messages.shapeRefusal(() -> Functional.layerNorm(Tensor.zeros(2, 3), Tensor.ones(4), 1e-5))
        .isEqualTo(
            "layerNorm: weight and bias must be floating-point of shape 3, the last of x, which is"
                + " 2x3; got f32 4");
  }

  @Test
  void crossEntropy_classOutOfRange_refused() {
    Messages.shapeRefusal(() -> Functional.crossEntropy(Tensor.zeros(2, 3), Tensor.ofLongs(0, 3)))
        .isEqualTo(
            "crossEntropy: class 3 of row 1 does not exist, there are 3; rows to skip have class"
                + " -100");
  }

  @Test
  void crossEntropy_imageOfClasses_equalsItsRows() {
    Tensor logits = Tensor.randn(DType.F32, 1, 2, 3, 4);
    Tensor classes = Tensor.ofLongs(0, 1, 2, 0, 2, 2, 1, 0).reshape(2, 4);

    assertThat(Functional.crossEntropy(logits, classes).item())
        .isEqualTo(
            Functional.crossEntropy(logits.transpose(1, 2).reshape(8, 3), classes.reshape(8))
                .item());
  }

  @Test
  void dropout_dependsOnTheSeed_keepsTheMean() {
    Tensor x = Tensor.ones(100_000).requireGrad();
    Tensor y = Functional.dropout(x, 0.25, 9);
    y.sum().backward();

    assertThat(y.mean().item()).isCloseTo(1, within(0.01f));
    assertThat(y.toArray()).isEqualTo(Functional.dropout(x, 0.25, 9).toArray());
    assertThat(y.toArray()).isNotEqualTo(Functional.dropout(x, 0.25, 10).toArray());
    assertThat(x.grad().toArray()).isEqualTo(y.toArray());
  }
}
