package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every differentiable operation against central differences.
class GradientTest {
  private static final float STEP = 1e-2f;

  /// fp32 rounding of the loss divided by the step, plus the third-order term of the difference.
  private static final float TOLERANCE = 2e-2f;

  static Stream<Arguments> operations() {
    return Stream.of(
        one("relu", Tensor::relu),
        one("exp", Tensor::exp),
        one("log", x -> x.abs().add(0.5).log()),
        one("tanh", Tensor::tanh),
        one("sigmoid", Tensor::sigmoid),
        one("erf", Tensor::erf),
        one("sqrt", x -> x.abs().add(0.5).sqrt()),
        one("neg", Tensor::neg),
        one("abs", Tensor::abs),
        one("pow 3", x -> x.pow(3)),
        one("pow -1", x -> x.abs().add(0.8).pow(-1)),
        one("clamp", x -> x.clamp(-0.7, 0.7)),
        one("sum over all", x -> x.sum()),
        one("sum over one", x -> x.sum(0)),
        one("sum kept", x -> x.sum(Dims.KEEP, 1)),
        one("mean", x -> x.mean(1)),
        one("amax", x -> x.amax(1)),
        one("amin", x -> x.amin()),
        one("softmax", x -> x.softmax(1)),
        one("softmax over rows", x -> x.softmax(0)),
        one("logSoftmax", x -> x.logSoftmax(-1)),
        one("transpose", Tensor::t),
        one("reshape", x -> x.t().reshape(2, 6)),
        one("slice", x -> x.slice(1, 0, 4, 2)),
        one("select", x -> x.get(1)),
        one("unsqueeze", x -> x.unsqueeze(1)),
        one("expand", x -> x.unsqueeze(0).expand(2, 3, 4)),
        one("contiguous", x -> x.t().contiguous()),
        one("rows", x -> x.rows(Tensor.ofLongs(2, 0, 2))),
        one("cast", x -> x.to(DType.F64).to(DType.F32)),
        one("cat with itself", x -> Tensor.cat(List.of(x, x.mul(2)), 1)),
        one("stack", x -> Tensor.stack(List.of(x, x.exp()), 0)),
        one("used twice", x -> x.mul(x).add(x)),
        one("where", x -> x.gt(0).where(x.mul(3), x)),
        two("add", (a, b) -> a.add(b)),
        two("sub", (a, b) -> a.sub(b)),
        two("mul", (a, b) -> a.mul(b)),
        two("div", (a, b) -> a.div(b.abs().add(0.7))),
        two("maximum", (a, b) -> a.maximum(b)),
        two("minimum", (a, b) -> a.minimum(b)),
        two("add broadcast", (a, b) -> a.add(b.get(0))),
        two("mul broadcast", (a, b) -> a.mul(b.select(1, 1).unsqueeze(1))),
        two("matmul", (a, b) -> a.matmul(b.t())),
        two("matmul in batches", (a, b) -> a.matmul(b.t().unsqueeze(0).expand(2, 4, 3))),
        two("matmul with a vector", (a, b) -> a.matmul(b.get(1))),
        two("linear", (a, b) -> a.linear(b)),
        two("linear of a vector", (a, b) -> a.get(0).linear(b)),
        two("linear with bias", (a, b) -> a.linear(b, a.select(1, 2))),
        two("linear in batches", (a, b) -> a.unsqueeze(0).linear(b, b.select(1, 0))));
  }

  private static Arguments one(String name, Function<Tensor, Tensor> op) {
    return arguments(name, 1, (Function<List<Tensor>, Tensor>) x -> op.apply(x.getFirst()));
  }

  private static Arguments two(String name, java.util.function.BinaryOperator<Tensor> op) {
    return arguments(name, 2, (Function<List<Tensor>, Tensor>) x -> op.apply(x.get(0), x.get(1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void backward_everyOperation_equalsCentralDifferences(
      String name, int count, Function<List<Tensor>, Tensor> op) {
    List<Tensor> inputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      inputs.add(awayFromKinks(Tensor.randn(DType.F32, 100 + i, 3, 4)).requireGrad());
    }
    Function<List<Tensor>, Tensor> loss =
        x -> {
          Tensor y = op.apply(x);
          return y.mul(Tensor.randn(DType.F32, 55, y.shape())).sum();
        };
    loss.apply(inputs).backward();
    for (int i = 0; i < count; i++) {
      float[] analytic = inputs.get(i).grad().toArray();
      for (int e = 0; e < analytic.length; e++) {
        float difference = (shifted(loss, inputs, i, e, STEP) - shifted(loss, inputs, i, e, -STEP));
        assertThat(analytic[e])
            .as("%s: input %d, element %d", name, i, e)
            .isCloseTo(
                difference / (2 * STEP), within(TOLERANCE * Math.max(1, Math.abs(analytic[e]))));
      }
    }
  }

  /// No value within a step of the places where the tested functions are not smooth.
  private static Tensor awayFromKinks(Tensor x) {
    Tensor moved = x.add(x.sign().mul(0.05));
    Tensor near = moved.abs().sub(0.7).abs().lt(2 * STEP);
    return near.where(moved.mul(1.2), moved);
  }

  private static float shifted(
      Function<List<Tensor>, Tensor> loss, List<Tensor> inputs, int which, int element, float by) {
    List<Tensor> changed = new ArrayList<>(inputs);
    float[] values = inputs.get(which).toArray();
    values[element] += by;
    changed.set(which, Tensor.of(values, inputs.get(which).shape()));
    return Tensor.noGrad(() -> loss.apply(changed)).item();
  }

  @Test
  void quantize_gradient_passesStraightThrough() {
    Tensor x = Tensor.randn(DType.F32, 1, 2, 32).requireGrad();
    Tensor w = Tensor.randn(DType.F32, 2, 3, 32);
    x.quantize(BlockFormat.MXFP4, ScaleRule.FLOOR).linear(w).sum().backward();

    assertThat(x.grad().get(1).toArray()).isEqualTo(w.t().matmul(Tensor.ones(3)).toArray());
  }
}
