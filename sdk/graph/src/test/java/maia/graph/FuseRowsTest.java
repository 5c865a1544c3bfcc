package maia.graph;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import maia.tensor.Dims;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class FuseRowsTest {
  private static final Tensor ROW = Tensor.ones(64);

  private static Plan plan(UnaryOperator<Tensor> forward) {
    return Plan.fused(Graph.record("net", forward, Tensor.meta(F32, 4, 64)));
  }

  @Test
  void chain_becomesOneStep_readingEachOperandOnce() {
    assertThat(plan(x -> x.add(x).mul(2).relu().add(ROW)).toString())
        .isEqualTo(
            """
            plan net
              %6: f32[4, 64] = fused %0, %5   (fused: add mul relu add)
            """);
  }

  @Test
  void resultsThatOthersRead_areWrittenToo() {
    assertThat(
            plan(
                    x -> {
                      Tensor sum = x.add(ROW);
                      Tensor norm = Functional.rmsNorm(sum, ROW, 1e-5).to(BF16);
                      return norm.linear(Tensor.meta(BF16, 64, 64), F32).mul(sum);
                    })
                .toString())
        .contains("f32[4, 64], %4: bf16[4, 64] = fused %0, %1   (fused: add rmsNorm cast)\n");
  }

  @Test
  void rowsAndTheirResults_shareAStep() {
    Plan plan = plan(x -> x.div(x.abs().amax(Dims.KEEP, -1)).to(BF16));
    assertThat(plan.steps()).hasSize(1);
    assertThat(plan.steps().getFirst())
        .isInstanceOfSatisfying(
            Step.Fused.class, step -> assertThat(step.space()).isEqualTo(Step.Space.ROWS));
  }

  @Test
  void wayOutAndBack_keepsOperationsApart() {
    Tensor w = Tensor.meta(BF16, 64, 64);
    Plan plan =
        plan(x -> {
          Tensor a = x.exp();
          return a.to(BF16).linear(w, F32).flip(0).add(a);
        });
    assertThat(plan.notes())
        .containsExactly(
            "'add' (%6) does not join 'cast' (%2), which made %1: another kernel stands between them");
  }

  @Test
  void unreadAndRepeatedOperations_areRemoved() {
    Plan plan =
        plan(x -> {
          x.tanh();
          return x.exp().add(x.exp());
        });
    assertThat(plan.graph().nodes()).extracting(n -> n.op().name()).containsExactly("exp", "add");
  }

  @Test
  void rowTooLongForTheChip_isNotJoined() {
    Graph graph = Graph.record("net", x -> x.mul(2).softmax(-1), Tensor.meta(F32, 4, 5000));
    Plan plan = Plan.fused(graph, new Plan.Limits(16_384, 10, Set.of()));
    assertThat(plan.steps()).hasSize(2);
    assertThat(plan.notes())
        .containsExactly(
            "'softmax' (%3) does not join 'mul' (%2), which made %2: a row of 5000 elements, 3 times, does not stay on chip");
  }

  @Test
  void manyOperands_areSplit() {
    Plan plan =
        plan(x -> {
          Tensor sum = x;
          for (int i = 0; i < 20; i++) {
            sum = sum.add(Tensor.ones(64));
          }
          return sum;
        });
    assertThat(plan.steps().size()).isBetween(2, 3);
  }

  @Test
  void integers_andTypesWithoutKernels_stayAlone() {
    Plan plan = plan(x -> x.to(maia.numerics.DType.F64).mul(2).exp());
    assertThat(plan.steps()).allMatch(s -> s instanceof Step.Single).hasSize(3);
    assertThat(List.copyOf(plan.notes())).isEmpty();
  }
}
