package maia.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import maia.machine.Chip;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;

class SimulatedCostTest {
  private static final List<Operator.Linear> SHAPES =
      List.of(
          new Operator.Linear(1, 1024, 1024),
          new Operator.Linear(64, 512, 2048),
          new Operator.Linear(1000, 777, 512),
          new Operator.Linear(2048, 2048, 2048));
  private static final List<Precision> PRECISIONS =
      List.of(
          Precision.of(DType.BF16),
          new Precision(DType.FP8_E4M3, DType.FP8_E4M3, DType.BF16),
          new Precision(BlockFormat.MXFP4, BlockFormat.MXFP4, DType.BF16));

  @Test
  void simulation_isNeverFasterThanTheRoofline_andMovesAtLeastItsBytes() {
    for (Operator.Linear shape : SHAPES) {
      for (Precision precision : PRECISIONS) {
        OperatorEstimate roof = new Roofline().estimate(shape, precision, Chip.MAIA_200);
        OperatorEstimate simulated = new SimulatedCost().estimate(shape, precision, Chip.MAIA_200);
        assertThat(simulated.seconds()).as("%s %s", shape, precision).isGreaterThan(roof.seconds());
        assertThat(simulated.hbmBytes()).isGreaterThanOrEqualTo(roof.hbmBytes() * 0.99);
        assertThat(simulated.flops()).isEqualTo(roof.flops());
      }
    }
  }

  @Test
  void oneClusterOfAKind_isCloseToTheWholeChip_andMovesTheSameBytes() {
    List<Operator> operators =
        List.of(
            new Operator.Linear(16, 10_240, 2_048),
            new Operator.Linear(300, 5_000, 1_000),
            new Operator.Linear(2_000, 3_000, 512),
            new Operator.Attention(20, 1, 1_024, 16, 8, 128),
            new Operator.Attention(1, 1_500, 1_500, 16, 4, 64),
            new Operator.Pointwise(3e6, 4));
    for (Operator op : operators) {
      Precision precision = Precision.of(DType.BF16);
      OperatorEstimate one =
          new SimulatedCost(Extent.ONE_OF_A_KIND).estimate(op, precision, Chip.MAIA_200);
      OperatorEstimate all =
          new SimulatedCost(Extent.WHOLE_CHIP).estimate(op, precision, Chip.MAIA_200);
      assertThat(one.seconds() / all.seconds()).as("%s", op).isBetween(0.92, 1.08);
      assertThat(one.hbmBytes() / all.hbmBytes()).as("%s", op).isBetween(0.999, 1.001);
      assertThat(one.joules() / all.joules()).as("%s", op).isBetween(0.95, 1.05);
    }
  }

  @Test
  void blockWeights_ofWideActivations_areWidenedOnTheWay_notInMemory() {
    for (BlockFormat format : List.of(BlockFormat.MXFP4, BlockFormat.NVFP4)) {
      Operator op = new Operator.Linear(16, 4_096, 4_096);
      Precision mixed = new Precision(DType.BF16, format, DType.BF16);
      OperatorEstimate sampled = new SimulatedCost().estimate(op, mixed, Chip.MAIA_200);
      OperatorEstimate whole =
          new SimulatedCost(Extent.ONE_OF_A_KIND).estimate(op, mixed, Chip.MAIA_200);
      OperatorEstimate wide =
          new SimulatedCost()
              .estimate(op, new Precision(DType.F32, DType.F32, DType.BF16), Chip.MAIA_200);
      assertThat(whole.seconds()).as("%s", format).isLessThan(2 * wide.seconds());
      assertThat(sampled.seconds() / whole.seconds()).isBetween(0.95, 1.05);
    }
  }

  @Test
  void sameQuestion_askedTwice_hasTheSameAnswer() {
    Operator op = SHAPES.get(2);
    assertThat(new SimulatedCost().estimate(op, PRECISIONS.get(2), Chip.MAIA_200))
        .isEqualTo(new SimulatedCost().estimate(op, PRECISIONS.get(2), Chip.MAIA_200));
  }

  @Test
  void blockResult_isRefusedByName() {
    assertThatThrownBy(() ->
            new SimulatedCost()
                .estimate(SHAPES.get(0), Precision.of(BlockFormat.MXFP4), Chip.MAIA_200))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("linear: simulated with a scalar result type, asked for mxfp4; give a DType");
  }

  @Test
  void attentionAndElementwiseWork_areNeverFasterThanWhatTheyMove() {
    List<Operator> operators =
        List.of(
            new Operator.Attention(4, 1, 1_024, 8, 2, 64),
            new Operator.Attention(2, 256, 256, 4, 2, 64),
            new Operator.Attention(1, 64, 512, 4, 4, 80),
            new Operator.Pointwise(300_000, 4));
    for (Operator op : operators) {
      OperatorEstimate one =
          new SimulatedCost().estimate(op, Precision.of(DType.BF16), Chip.MAIA_200);
      assertThat(one.hbmBytes() / one.seconds())
          .as("%s", op)
          .isLessThan(Chip.MAIA_200.hbm().bytesPerSecond());
      assertThat(one.seconds()).isGreaterThan(op.flops() / Chip.MAIA_200.peakFlops(DType.BF16));
      assertThat(one.joules()).isPositive();
      assertThat(one.method()).isEqualTo("simulated");
    }
  }

  @Test
  void oneTokensAttention_readsEveryKeyOncePerGroup() {
    OperatorEstimate one =
        new SimulatedCost()
            .estimate(
                new Operator.Attention(4, 1, 4_096, 32, 8, 128),
                Precision.of(DType.BF16),
                Chip.MAIA_200);
    double cache = 2.0 * 4 * 4_096 * 8 * 128 * 2;
    assertThat(one.hbmBytes()).isBetween(cache, 1.05 * cache);
  }

  @Test
  void keptCost_asksOncePerShape_andComparesWithTheFormula() {
    Projection p = Projection.of(TINY);
    KeptCost kept = KeptCost.simulated();
    Projection simulated = p.on(new Target.Described(Chip.MAIA_200, kept));
    PhaseEstimate first = simulated.decode(4, 512);
    assertThat(simulated.decode(4, 512)).isEqualTo(first);
    assertThat(kept).hasToString("8 of 16 estimates made anew");
    CostComparison both = CostComparison.of(p.decode(4, 512), first);
    assertThat(both.lines()).hasSize(first.lines().size());
    assertThat(both.ratio()).isBetween(0.3, 10.0);
    assertThatThrownBy(() -> CostComparison.of(p.decode(4, 512), p.decode(4, 513)))
        .hasMessageStartingWith("comparison: needs one phase estimated twice, got 'decode of 4");
  }

  private static final ModelConfig TINY =
      new ModelConfig("tiny", 2, 256, 8, 2, 32, 512, true, 1, 1, 1_000, true);
}
