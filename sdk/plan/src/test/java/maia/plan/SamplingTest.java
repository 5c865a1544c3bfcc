package maia.plan;

import static maia.plan.OperatorEstimate.SAMPLED;
import static maia.plan.OperatorEstimate.SIMULATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import maia.kernel.library.Stretch;
import maia.kernel.library.Stretch.Cut;
import maia.machine.Chip;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.sim.Bound;
import org.junit.jupiter.api.Test;

class SamplingTest {
  /// How far a sampled time, and energy or bytes, may be from those of the whole simulation:
  /// decision 067 lists what was measured.
  private static final double TIME = 0.05;

  private static final double SUMS = 0.02;

  private static final Precision BF16 = Precision.of(DType.BF16);
  private static final Precision FP8 = new Precision(DType.FP8_E4M3, DType.FP8_E4M3, DType.BF16);
  private static final Precision MXFP4 =
      new Precision(BlockFormat.MXFP4, BlockFormat.MXFP4, DType.BF16);

  private static void isClose(Operator op, Precision precision) {
    OperatorEstimate sampled = new SimulatedCost().estimate(op, precision, Chip.MAIA_200);
    OperatorEstimate whole =
        new SimulatedCost(Extent.ONE_OF_A_KIND).estimate(op, precision, Chip.MAIA_200);
    String what = op + " in " + precision;
    assertThat(sampled.method()).as(what).isEqualTo(SAMPLED);
    assertThat(whole.method()).as(what).isEqualTo(SIMULATED);
    assertThat(sampled.seconds() / whole.seconds()).as(what).isCloseTo(1, within(TIME));
    assertThat(sampled.joules() / whole.joules()).as(what).isCloseTo(1, within(SUMS));
    assertThat(sampled.hbmBytes() / whole.hbmBytes()).as(what).isCloseTo(1, within(SUMS));
    assertThat(sampled.flops()).isEqualTo(whole.flops());
  }

  @Test
  void productsOfALayer_areCloseToTheWholeSimulation() {
    for (Precision precision : List.of(BF16, FP8, MXFP4)) {
      isClose(new Operator.Linear(2_048, 57_344, 4_096), precision);
      isClose(new Operator.Linear(2_100, 8_192, 28_672), precision);
    }
  }

  @Test
  void raggedProducts_areCloseToTheWholeSimulation() {
    isClose(new Operator.Linear(1_000, 7_777, 5_000), BF16);
    isClose(new Operator.Linear(1, 128_256, 4_096), BF16);
    isClose(new Operator.Linear(100, 1_000, 30_000), BF16);
    isClose(new Operator.Linear(3_000, 30_000, 3_000), FP8);
    isClose(new Operator.Linear(33_000, 2_048, 2_048), MXFP4);
    isClose(new Operator.Linear(100, 100_000, 1_000), MXFP4);
  }

  @Test
  void longContextsAndManyElements_areCloseToTheWholeSimulation() {
    isClose(new Operator.Attention(3, 1, 40_000, 28, 4, 128), FP8);
    isClose(new Operator.Attention(1, 1, 131_072, 16, 8, 128), BF16);
    isClose(new Operator.Pointwise(2e8 + 7, 4), BF16);
  }

  @Test
  void smallOperator_isSimulatedWhole() {
    OperatorEstimate small =
        new SimulatedCost().estimate(new Operator.Linear(64, 512, 2_048), BF16, Chip.MAIA_200);
    assertThat(small.method()).isEqualTo(SIMULATED);
    assertThat(small)
        .isEqualTo(
            new SimulatedCost(Extent.ONE_OF_A_KIND)
                .estimate(new Operator.Linear(64, 512, 2_048), BF16, Chip.MAIA_200));
  }

  @Test
  void phase_namesWhatWasSampled() {
    var model = new ModelConfig("wide", 1, 2_048, 16, 2, 128, 14_336, true, 1, 1, 1_000, true);
    PhaseEstimate phase = Projection.of(model).simulated().prefill(2_048);
    assertThat(phase.lines().stream().filter(l -> l.method().equals(SAMPLED)))
        .extracting(PhaseEstimate.Line::operator)
        .contains("down", "norms, sums, rotary");
    assertThat(phase.toString()).contains("  sampled, from simulated smaller sizes: ");
    assertThat(Projection.of(model).prefill(2_048).toString()).doesNotContain("sampled");
  }

  @Test
  void sizesAlongTwoDimensions_extendTheirProduct() {
    var rows = new Stretch(new Cut(2, 1), new Cut(3, 1), new Cut(10, 1));
    var depth = new Stretch(new Cut(4, 1), new Cut(8, 1), new Cut(100, 1));
    OperatorEstimate all =
        Sampling.of(
            List.of(rows, Stretch.uncut(7, 1), depth),
            cuts -> {
              double m = cuts.get(0).size();
              double k = cuts.get(2).size();
              assertThat(cuts.get(1).size()).isEqualTo(7);
              return new OperatorEstimate(
                  1 + 2 * m + 3 * k + 4 * m * k, m * k, k, 5, Bound.Kind.HBM, SIMULATED);
            });
    assertThat(all.seconds()).isCloseTo(1 + 20 + 300 + 4_000, within(1e-9));
    assertThat(all.joules()).isCloseTo(1_000, within(1e-9));
    assertThat(all.hbmBytes()).isCloseTo(100, within(1e-9));
    assertThat(all.flops()).isEqualTo(5);
    assertThat(all.method()).isEqualTo(SAMPLED);
  }
}
