package maia.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class FuseEpilogueTest {
  private final Tensor w = Tensor.meta(DType.FP8_E4M3, 8, 64);
  private final Tensor wHalf = Tensor.zeros(DType.BF16, 8, 64);
  private final Tensor wBlock = Tensor.zeros(8, 64).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR);
  private final Tensor bias = Tensor.zeros(8);

  private static String plan(UnaryOperator<Tensor> forward, Tensor example) {
    return Plan.fused(Graph.record("net", forward, example)).toString();
  }

  @Test
  void record_writesOneNodePerOperation_inOrder() {
    Graph graph =
        Graph.record(
            "net", x -> x.linear(wHalf, bias, DType.F32).relu(), Tensor.meta(DType.BF16, 4, 64));
    assertThat(graph.toString())
        .isEqualTo(
            """
            graph net(%0: bf16[4, 64])
              %1: bf16[8, 64] = constant
              %2: f32[8] = constant
              %3: f32[4, 8] = linear %0, %1, %2
              %4: f32[4, 8] = relu %3
              return %4
            """);
  }

  @Test
  void linearReluCast_becomesOneStep() {
    assertThat(
            plan(
                x -> x.linear(wHalf, bias, DType.F32).relu().to(DType.BF16),
                Tensor.meta(DType.BF16, 4, 64)))
        .isEqualTo(
            """
            plan net
              %5: bf16[4, 8] = linear %0, %1 + %2, relu -> bf16   (fused: linear relu cast)
            """);
  }

  @Test
  void scaleBiasReluScaleCast_becomesOneStep() {
    assertThat(
            plan(
                x ->
                    x.linear(Tensor.zeros(DType.FP8_E4M3, 8, 64), DType.F32)
                        .mul(0.5f)
                        .add(bias)
                        .relu()
                        .mul(2f)
                        .to(DType.FP8_E4M3),
                Tensor.meta(DType.FP8_E4M3, 4, 64)))
        .endsWith(
            "= linear %0, %1 * 0.5 + %5, relu, * 2.0 -> fp8_e4m3   (fused: linear mul add relu mul cast)\n");
  }

  @Test
  void blockQuantize_isTheLastThingAnEpilogueDoes() {
    assertThat(
            plan(
                x ->
                    x.linear(wBlock, bias, DType.F32)
                        .relu()
                        .quantize(BlockFormat.MXFP4, ScaleRule.FLOOR)
                        .dequantize(),
                Tensor.meta(BlockFormat.MXFP4, 4, 64)))
        .contains("relu -> mxfp4   (fused: linear relu quantize)\n")
        .contains(" = dequantize ");
  }

  @Test
  void valueWithTwoReaders_isReadByTheTail() {
    assertThat(
            plan(
                x -> {
                  Tensor y = x.linear(wHalf, bias, DType.F32);
                  return y.relu().add(y);
                },
                Tensor.meta(DType.BF16, 4, 64)))
        .contains("= linear %0, %1 + %2 -> f32   (fused: linear, then relu add)\n");
  }

  @Test
  void biasAfterActivation_isAnOperandOfTheTail() {
    assertThat(
            plan(x -> x.linear(wHalf, DType.F32).relu().add(bias), Tensor.meta(DType.BF16, 4, 64)))
        .contains("= linear %0, %1, relu -> f32, %4   (fused: linear relu, then add)\n");
  }

  @Test
  void unfused_keepsEveryOperation() {
    Graph graph =
        Graph.record(
            "net", x -> x.linear(wHalf, bias, DType.F32).relu(), Tensor.meta(DType.BF16, 4, 64));
    assertThat(Plan.unfused(graph).steps()).hasSize(2);
  }

  @Test
  void shapeOnlyWeights_canBeRecorded() {
    assertThat(plan(x -> x.linear(w, DType.F32), Tensor.meta(DType.FP8_E4M3, 4, 64)))
        .contains("linear %0, %1 -> f32");
  }

  @Test
  void shapeOnlyWeights_changedBeforeUse_stayShapeOnly() {
    assertThat(
            plan(
                x -> x.linear(Tensor.meta(DType.BF16, 8, 64).relu(), DType.F32),
                Tensor.meta(DType.BF16, 4, 64)))
        .contains("linear %0, %2 -> f32");
  }

  @Test
  void shapeOnlyFactor_isNotFused() {
    assertThat(
            plan(
                x -> x.linear(wHalf, DType.F32).mul(Tensor.meta(DType.F32)),
                Tensor.meta(DType.BF16, 4, 64)))
        .contains("(fused: linear)\n")
        .contains(" = mul ");
  }

  @Test
  void addendComputedAfterTheProduct_isNoBias() {
    assertThat(
            plan(
                x -> x.linear(wHalf, DType.F32).add(x.get(0).linear(wHalf, DType.F32)),
                Tensor.meta(DType.BF16, 4, 64)))
        .isEqualTo(
            """
            plan net
              %2: f32[4, 8] = linear %0, %1 -> f32   (fused: linear)
              %3: bf16[64] = select %0
              %4: f32[8] = linear %3, %1 -> f32   (fused: linear)
              %5: f32[4, 8] = add %2, %4
            """);
  }

  @Test
  void addendComputedBeforeTheProduct_isABias() {
    assertThat(
            plan(
                x -> {
                  Tensor row = x.get(0).linear(wHalf, DType.F32);
                  return x.linear(wHalf, DType.F32).add(row);
                },
                Tensor.meta(DType.BF16, 4, 64)))
        .endsWith("= linear %0, %2 + %3 -> f32   (fused: linear add)\n");
  }

  @Test
  void activationAfterAFactorAndRounding_isPartOfTheTail() {
    assertThat(
            plan(
                x -> x.linear(wHalf, bias, DType.F32).mul(-2f).to(DType.BF16).relu(),
                Tensor.meta(DType.BF16, 4, 64)))
        .contains("(fused: linear mul cast, then relu)\n");
  }

  @Test
  void castToAnInteger_isNotFused() {
    assertThat(plan(x -> x.linear(wHalf, DType.F32).to(DType.I32), Tensor.meta(DType.BF16, 4, 64)))
        .contains("(fused: linear)\n")
        .contains(" = cast ");
  }

  @Test
  void quantizeAfterAProductOfScalars_isNotFused() {
    assertThat(
            plan(
                x -> x.linear(wHalf, DType.F32).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR),
                Tensor.meta(DType.BF16, 4, 64)))
        .contains("(fused: linear)\n")
        .contains(" = quantize ");
  }

  @Test
  void activationAfterTheRounding_isOneOfTheRoundedValue() {
    assertThat(
            plan(
                x -> x.linear(wHalf, DType.F32).to(DType.FP8_E4M3).relu(),
                Tensor.meta(DType.BF16, 4, 64)))
        .endsWith("= linear %0, %1, to fp8_e4m3, relu -> fp8_e4m3   (fused: linear cast relu)\n");
    assertThat(
            plan(
                x -> x.linear(wHalf, bias, DType.BF16).sigmoid().mul(2f),
                Tensor.meta(DType.BF16, 4, 64)))
        .contains(
            "= linear %0, %1 + %2, to bf16, sigmoid -> bf16   (fused: linear sigmoid, then mul)\n");
  }

  @Test
  void sumOfNoProducts_isNotFused() {
    Tensor none = Tensor.meta(DType.BF16, 8, 0);
    assertThat(plan(x -> x.linear(none, DType.F32).relu(), Tensor.meta(DType.BF16, 4, 0)))
        .contains("(fused: linear)\n")
        .contains(" = relu ");
  }
}
