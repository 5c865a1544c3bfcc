package maia.graph;

import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private static MemoryPlan plan(UnaryOperator<Tensor> forward) {
    return MemoryPlan.of(Plan.unfused(Graph.record("net", forward, Tensor.meta(F32, 16, 16))));
  }

  @Test
  void chain_needsTwoPlaces() {
    MemoryPlan plan = plan(x -> x.exp().neg().abs().sqrt());
    assertThat(plan.separateBytes()).isEqualTo(4 * 1024);
    assertThat(plan.peakBytes()).isEqualTo(2 * 1024);
    assertThat(plan.buffers())
        .extracting(MemoryPlan.Buffer::offset)
        .containsExactly(0L, 1024L, 0L, 1024L);
  }

  @Test
  void valueReadLater_keepsItsPlace() {
    MemoryPlan plan =
        plan(x -> {
          Tensor a = x.exp();
          return a.neg().abs().sqrt().add(a);
        });
    assertThat(plan.peakBytes()).isEqualTo(3 * 1024);
  }

  @Test
  void view_keepsThePlaceOfWhatItLooksAt() {
    MemoryPlan plan =
        plan(x -> {
          Tensor a = x.exp().t();
          return x.neg().abs().sqrt().add(a);
        });
    assertThat(plan.buffers()).hasSize(5);
    assertThat(plan.buffers().getFirst().last()).isEqualTo(5);
    assertThat(plan.peakBytes()).isEqualTo(3 * 1024);
  }

  @Test
  void inputReturned_needsNothing() {
    assertThat(plan(x -> x)).isEqualTo(new MemoryPlan(List.of(), 0, 0));
  }

  @Test
  void places_neverOverlapWhileBothAreNeeded() {
    MemoryPlan plan =
        plan(x -> {
          Tensor a = x;
          Tensor all = x.sum(-1);
          for (int i = 1; i < 12; i++) {
            Tensor next = a.slice(1, 0, 16 - i).contiguous().exp();
            all = all.add(next.sum(-1).mul(all));
            a = i % 3 == 0 ? a.neg() : a;
          }
          return all.add(a.sum(-1));
        });
    for (MemoryPlan.Buffer a : plan.buffers()) {
      for (MemoryPlan.Buffer b : plan.buffers()) {
        boolean apart =
            a.offset() + a.bytes() <= b.offset() || b.offset() + b.bytes() <= a.offset();
        assertThat(a == b || apart || !a.meets(b)).isTrue();
      }
    }
    assertThat(plan.peakBytes()).isLessThan(plan.separateBytes());
  }
}
