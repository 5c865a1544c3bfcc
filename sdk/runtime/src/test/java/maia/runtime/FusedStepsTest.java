package maia.runtime;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.BOOL;
import static maia.numerics.DType.F16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import maia.graph.Step;
import maia.machine.Chip;
import maia.numerics.BlockFormat;
import maia.numerics.ScaleRule;
import maia.tensor.Dims;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FusedStepsTest {
  private static final Tensor X = Tensor.randn(F32, 1, 3, 5, 50);
  private static final Tensor Y = Tensor.randn(F32, 2, 3, 5, 50);
  private static final Tensor ROW = Tensor.randn(F32, 3, 50);
  private static final Tensor COLUMN = Tensor.randn(F32, 4, 5, 1);
  private static final Tensor OUTER = Tensor.randn(F32, 5, 3, 1, 50);
  private static final Tensor HALF = X.to(BF16);
  private static final Tensor SPECIAL =
      Tensor.of(
          -0f,
          0f,
          -1f,
          1f,
          1e-42f,
          3e38f,
          Float.NEGATIVE_INFINITY,
          Float.POSITIVE_INFINITY,
          Float.NaN);

  record Case(String name, UnaryOperator<Tensor> forward, Tensor x) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case("chain", x -> x.add(Y).mul(0.3).relu().sub(Y), X),
        new Case("row", x -> x.mul(ROW).add(1.5), X),
        new Case("column", x -> x.mul(COLUMN).add(ROW), X),
        new Case("outer", x -> x.mul(OUTER).add(ROW).div(COLUMN), X),
        new Case("permuted", x -> x.transpose(0, 2).add(Y.transpose(0, 2)).exp(), X),
        new Case("slice", x -> x.slice(2, 3, 47).neg().add(Y.slice(2, 1, 45)), X),
        new Case("steps", x -> x.slice(2, 0, 50, 3).neg().add(1), X),
        new Case("expanded", x -> x.expand(4, 50).mul(2).exp(), ROW),
        new Case("scalar", x -> x.mul(2).exp(), Tensor.scalar(0.3f)),
        new Case("one", x -> x.mul(2).exp().add(1), Tensor.randn(F32, 1, 1, 1)),
        new Case("empty", x -> x.mul(2).add(2), Tensor.zeros(0, 4)),
        new Case("bf16", x -> x.mul(1.7).add(ROW.to(BF16)).mul(x), HALF),
        new Case("f16", x -> x.mul(1.7).add(x).mul(x), X.to(F16)),
        new Case("fp8", x -> x.to(FP8_E4M3).to(F32).sub(x), X),
        new Case(
            "unary",
            x ->
                x.abs()
                    .add(0.1)
                    .log()
                    .exp()
                    .sqrt()
                    .tanh()
                    .sigmoid()
                    .neg()
                    .erf()
                    .pow(3)
                    .clamp(-0.2, 0.3),
            X),
        new Case("sign", x -> x.sign().add(x.pow(-2)).sub(x.pow(0)), X),
        new Case("special", x -> x.relu().maximum(x.neg()).minimum(x.mul(2)).div(x), SPECIAL),
        new Case("gelu", x -> Functional.gelu(x).add(Functional.geluTanh(x)), X),
        new Case(
            "activations",
            x ->
                Functional.silu(Functional.leakyRelu(x, 0.2))
                    .add(Functional.elu(x, 0.7))
                    .add(Functional.softplus(x)),
            X),
        new Case("where", x -> x.gt(0.2).where(x.mul(2), Y), X),
        new Case("mask out", x -> x.mul(2).le(Y), X),
        new Case("mask in", x -> x.where(X, Y).mul(2), X.gt(0)),
        new Case("softmax chain", x -> x.mul(0.3).softmax(-1).mul(2), X),
        new Case("log softmax", x -> x.mul(0.3).logSoftmax(-1).mul(2), X),
        new Case("softmax bf16", x -> x.mul(0.3).softmax(-1).mul(2), HALF),
        new Case("rms", x -> Functional.rmsNorm(x.add(Y), ROW, 1e-5).mul(0.5).to(BF16), X),
        new Case("layer norm", x -> Functional.layerNorm(x.add(Y), ROW, ROW.neg(), 1e-5).relu(), X),
        new Case(
            "plain norms", x -> Functional.layerNorm(Functional.rmsNorm(x, 1, 1e-5), 1, 1e-5), X),
        new Case(
            "residual",
            x -> {
              Tensor sum = x.add(Y);
              return Functional.rmsNorm(sum, ROW, 1e-5).linear(ROW.expand(50, 50)).add(sum);
            },
            X),
        new Case("centred", x -> x.sub(x.mean(Dims.KEEP, -1)).mul(2), X),
        new Case("sum", x -> x.mul(x).sum(-1).add(1).sqrt(), X),
        new Case("sum square", x -> x.mul(x).sum(-1).add(1).sqrt(), Tensor.randn(F32, 3, 5, 5)),
        new Case("largest", x -> x.abs().amax(Dims.KEEP, -1).mul(2), X),
        new Case("row scale", x -> x.div(x.abs().amax(Dims.KEEP, -1).div(448)).to(FP8_E4M3), X),
        new Case("dropped", x -> x.sub(x.amin(-1).mul(2).unsqueeze(-1)), X),
        new Case("vector", x -> x.sub(x.mean(Dims.KEEP, -1)).softmax(-1), ROW),
        new Case("long rows", x -> x.mul(2).softmax(-1), Tensor.randn(F32, 8, 2, 3000)),
        new Case("one column", x -> x.mul(2).softmax(-1).add(x), Tensor.randn(F32, 8, 7, 1)),
        new Case("many", x -> x.mul(2).add(1).relu(), Tensor.randn(F32, 8, 100, 333)),
        new Case(
            "norm, quantise",
            x -> Functional.rmsNorm(x, ROW, 1e-5).quantize(BlockFormat.MXFP8_E4M3, ScaleRule.FLOOR),
            X),
        new Case(
            "residual, layer norm, quantise",
            x ->
                Functional.layerNorm(x.add(Y), ROW, ROW, 1e-5)
                    .quantize(BlockFormat.MXFP4, ScaleRule.FLOOR),
            X),
        new Case(
            "short rows, quantise",
            x -> x.mul(2).quantize(BlockFormat.MXFP6_E2M3, ScaleRule.FLOOR),
            Tensor.randn(F32, 9, 2, 3, 20)),
        new Case("bool cast", x -> x.gt(0).to(F32).mul(x).add(x.to(BOOL).to(F32)), X));
  }

  static List<Case> layers() {
    Tensor w = Tensor.randn(BF16, 6, 21, 50);
    Tensor bias = Tensor.randn(BF16, 7, 21);
    return List.of(
        new Case("gelu of bf16", x -> Functional.gelu(x.linear(w, bias)), HALF),
        new Case("silu of bf16", x -> Functional.silu(x.linear(w)), HALF),
        new Case("relu of fp8", x -> x.linear(w, F32).to(FP8_E4M3).relu(), HALF),
        new Case("tanh of f32", x -> x.linear(w, bias, F32).tanh().to(BF16), HALF),
        new Case("tanh of f16", x -> x.linear(w, bias, F16).tanh(), HALF));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void layerAndActivation_areOneStep_withTheHostsBits(Case test) {
    SessionRun run = Session.on(Chip.TOY).run(test.name(), test.forward(), test.x());
    Tensor expected = test.forward().apply(test.x());
    assertThat(run.plan().steps()).hasSize(1);
    assertThat(run.values().type()).isEqualTo(expected.type());
    assertThat(bits(run.values())).isEqualTo(bits(expected));
  }

  private static int[] bits(Tensor x) {
    float[] values = x.toArray();
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fusedSteps_giveTheHostsShapeTypeAndBits(Case test) {
    SessionRun run = Session.on(Chip.TOY).run(test.name(), test.forward(), test.x());
    Tensor expected = test.forward().apply(test.x());
    assertThat(run.values().type()).isEqualTo(expected.type());
    assertThat(run.values().shape()).isEqualTo(expected.shape());
    assertThat(bits(run.values())).as(run.plan().toString()).isEqualTo(bits(expected));
    if (test.x().elements() > 0) {
      assertThat(run.plan().steps()).anyMatch(s -> s instanceof Step.Fused);
    }
  }
}
