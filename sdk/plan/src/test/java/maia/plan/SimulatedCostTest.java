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
        .hasMessage(
            "linear: simulated with a scalar result type, asked for mxfp4; give a DType as output");
  }
}
