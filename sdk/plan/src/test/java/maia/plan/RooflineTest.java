package maia.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.sim.Bound;
import org.junit.jupiter.api.Test;

class RooflineTest {
  private static final Machine CHIP = Chip.MAIA_200.atClock(2.0e9);
  private final Roofline roofline = new Roofline();

  @Test
  void bigSquareLinear_isBoundByTheTensorUnit_atItsPeak() {
    var e =
        roofline.estimate(new Operator.Linear(8192, 8192, 8192), Precision.of(DType.BF16), CHIP);
    assertThat(e.bound()).isEqualTo(Bound.Kind.TENSOR);
    assertThat(e.flopsPerSecond()).isCloseTo(CHIP.peakFlops(DType.BF16), within(1.0));
  }

  @Test
  void oneRow_isBoundByTheWeights() {
    var e =
        roofline.estimate(
            new Operator.Linear(1, 8192, 8192), Precision.of(BlockFormat.MXFP4), CHIP);
    assertThat(e.bound()).isEqualTo(Bound.Kind.HBM);
    double weights = 8192.0 * 8192 * 4.25 / 8;
    double rows = 2 * 8192 * 4.25 / 8;
    assertThat(e.hbmBytes()).isCloseTo(weights + rows, within(1.0));
    assertThat(e.seconds()).isCloseTo((weights + rows) / 7e12, within(1e-12));
  }

  @Test
  void mixedOperands_runAtTheSlowerRate() {
    var mixed = new Precision(DType.FP8_E4M3, BlockFormat.MXFP4, DType.BF16);
    var e = roofline.estimate(new Operator.Linear(8192, 8192, 8192), mixed, CHIP);
    assertThat(e.flopsPerSecond()).isCloseTo(CHIP.peakFlops(DType.FP8_E4M3), within(1.0));
  }

  @Test
  void fp32Operands_areRefusedByName() {
    assertThatThrownBy(
            () -> roofline.estimate(new Operator.Linear(1, 1, 1), Precision.of(DType.F32), CHIP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "linear: the tensor unit of maia-200 does not take f32 x f32 inputs; choose bf16, fp8, fp6 or fp4");
  }

  @Test
  void raggedRows_haveTheirOwnLastBlock() {
    var mx = new Precision(BlockFormat.MXFP4, BlockFormat.MXFP4, DType.F32);
    var e = roofline.estimate(new Operator.Linear(4, 6, 33), mx, CHIP);
    double x = 4 * 33 / 2.0 + 4 * 2;
    double w = 6 * 33 / 2.0 + 6 * 2;
    assertThat(e.hbmBytes()).isEqualTo(x + w + 4 * 4 * 6);
  }

  @Test
  void texts_areShort() {
    var mx = new Precision(DType.BF16, BlockFormat.MXFP4, DType.F32);
    assertThat(mx).hasToString("bf16 x mxfp4 -> f32");
    assertThat(new OperatorEstimate(1e-6, 2e-6, 2048, 1, Bound.Kind.HBM, "roofline"))
        .hasToString("roofline: 1.000 us, 2.0 uJ, 2.0 KiB of HBM traffic, bound by hbm");
  }
}
