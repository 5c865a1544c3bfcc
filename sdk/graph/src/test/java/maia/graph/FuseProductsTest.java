package maia.graph;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.function.UnaryOperator;
import maia.numerics.DType;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class FuseProductsTest {
  private static final Tensor W = Tensor.meta(BF16, 16, 64);
  private static final Tensor V = Tensor.meta(BF16, 16, 64);
  private static final Tensor BACK = Tensor.meta(BF16, 64, 16);

  private static Graph graph(UnaryOperator<Tensor> forward) {
    return Graph.record("net", forward, Tensor.meta(BF16, 4, 64));
  }

  private static String plan(UnaryOperator<Tensor> forward) {
    return Plan.fused(graph(forward)).toString();
  }

  @Test
  void gate_isOneStepWithBothProducts() {
    assertThat(plan(x -> Functional.silu(x.linear(W, BF16)).mul(x.linear(V, BF16))))
        .isEqualTo(
            """
            plan net
              %6: bf16[4, 16] = linear %0, %1, to bf16, silu -> bf16 and linear %0, %4 -> bf16   (fused: linear silu and linear, then mul)
            """);
  }

  @Test
  void residual_isAnOperandOfTheProduct() {
    assertThat(plan(x -> x.add(x.linear(W, BF16).linear(BACK, BF16))))
        .isEqualTo(
            """
            plan net
              %2: bf16[4, 16] = linear %0, %1 -> bf16   (fused: linear)
              %5: bf16[4, 64] = linear %2, %3 -> bf16, %0   (fused: linear, then add)
            """);
  }

  @Test
  void matrixProductBiasResidual_isOneStep() {
    Tensor matrix = Tensor.meta(F32, 64, 64);
    Tensor bias = Tensor.meta(F32, 64);
    assertThat(
            Plan.fused(
                    Graph.record(
                        "net", x -> x.matmul(matrix).add(bias).add(x), Tensor.meta(F32, 4, 64)))
                .toString())
        .isEqualTo(
            """
            plan net
              %5: f32[4, 64] = matmul %0, %1 + %3 -> f32, %0   (fused: matmul add, then add)
            """);
  }

  @Test
  void residualComputedLater_staysApart() {
    assertThat(plan(x -> x.linear(W, BF16).add(x.flip(0).linear(V, BF16).flip(0))))
        .contains("= linear %0, %1 -> bf16   (fused: linear)\n")
        .contains(" = add ");
  }

  @Test
  void weightsOfOtherWidths_areOneStep_unlessSomethingFollowsElementByElement() {
    Tensor wide = Tensor.meta(BF16, 32, 64);
    assertThat(
            plan(x ->
                x.linear(wide, BF16).t().matmul(x.linear(W, BF16)).matmul(x.linear(V, BF16).t())))
        .contains(": bf16[4, 32], ")
        .contains("(fused: linear and linear and linear)\n");
    assertThat(plan(x -> x.linear(W, BF16).mul(x.linear(V, BF16)).t().matmul(x.linear(wide, BF16))))
        .contains("(fused: linear and linear, then mul)\n")
        .contains("(fused: linear)\n");
  }

  @Test
  void withoutThePattern_productsStayApart() {
    Plan.Limits limits = new Plan.Limits(1 << 20, 10, Set.of());
    assertThat(Plan.fused(graph(x -> x.linear(W, BF16).mul(x.linear(V, BF16))), limits).steps())
        .hasSize(3);
  }

  @Test
  void manyOperands_endTheTail() {
    Plan.Limits limits = new Plan.Limits(1 << 20, 4, Set.of(Plan.Pattern.values()));
    Tensor row = Tensor.meta(DType.F32, 16);
    Tensor other = Tensor.meta(DType.F32, 16);
    Plan plan = Plan.fused(graph(x -> x.linear(W, F32).relu().mul(row).sub(other)), limits);
    assertThat(plan.toString()).contains("(fused: linear relu, then mul)").contains(" = sub ");
  }
}
