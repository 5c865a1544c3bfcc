package maia.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import maia.cost.PriceBook;
import maia.kernel.Stage;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.models.Mlp;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.quant.QuantLinear;
import maia.quant.Quantize;
import maia.quant.Scheme;
import maia.sim.Options;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.tensor.nn.Sequential;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SessionTest {
  /// Ragged on purpose: no size is a multiple of a block.
  private static final Sequential MODEL = Mlp.of(5, 200, 72, 33, 10);

  private static final Tensor INPUT = Tensor.randn(DType.F32, 11, 37, 200);

  static List<Scheme> schemes() {
    return List.of(
        Scheme.BF16,
        new Scheme.Half(DType.F16),
        Scheme.FP8_E4M3,
        new Scheme.PerTensor(DType.FP8_E5M2),
        Scheme.MXFP8,
        Scheme.MXFP6,
        new Scheme.Block(BlockFormat.MXFP6_E3M2, maia.numerics.ScaleRule.FLOOR),
        Scheme.MXFP4);
  }

  private static Sequential quantised(Scheme scheme) {
    return Quantize.of(MODEL).with(scheme).calibrate(INPUT).apply();
  }

  private static Tensor input(Sequential model) {
    return ((QuantLinear) model.parts().getFirst()).quantizeInput(INPUT);
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void deviceAndHost_onARaggedNetwork_giveTheSameBits(Scheme scheme) {
    Sequential model = quantised(scheme);
    Tensor x = input(model);
    SessionRun run = Session.maia().run(model, x);
    assertThat(run.values().toArray()).isEqualTo(model.forward(x).toArray());
    assertThat(run.kernels()).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void smallChip_givesTheSameBits(Scheme scheme) {
    Sequential model = quantised(scheme);
    Tensor x = input(model);
    SessionRun run = Session.on(Chip.TOY).run(model, x);
    assertThat(run.values().toArray()).isEqualTo(model.forward(x).toArray());
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void unquantisedInput_isQuantisedOnTheDevice_toTheSameBits(Scheme scheme) {
    Sequential model = quantised(scheme);
    SessionRun run = Session.maia().run(model, INPUT);
    assertThat(run.values().toArray()).isEqualTo(model.forward(INPUT).toArray());
    assertThat(run.kernels()).hasSizeGreaterThan(3);
  }

  @Test
  void sameInput_runTwice_givesTheSameBitsCyclesAndTrace() {
    Sequential model = quantised(Scheme.FP8_E4M3);
    Tensor x = input(model);
    SessionRun first = Session.maia().run(model, x);
    SessionRun second = Session.maia().run(model, x);
    assertThat(second.values().toArray()).isEqualTo(first.values().toArray());
    assertThat(second.trace()).isEqualTo(first.trace());
    assertThat(second.kernels().stream().map(KernelRun::cycles))
        .isEqualTo(first.kernels().stream().map(KernelRun::cycles).toList());
  }

  @Test
  void shapeOnlyInput_takesTheSameTimeAndEnergy_withoutValues() {
    Sequential model = quantised(Scheme.MXFP4);
    Tensor x = input(model);
    SessionRun real = Session.maia().run(model, x);
    SessionRun timing =
        Session.maia().with(Options.timingOnly()).run(model, Tensor.meta(x.type(), x.shape()));
    assertThat(timing.values().isMeta()).isTrue();
    assertThat(timing.picoseconds()).isEqualTo(real.picoseconds());
    assertThat(timing.joules()).isEqualTo(real.joules());
  }

  @Test
  void lowerClock_takesLonger() {
    Machine slow = Chip.MAIA_200.atClock(1.6e9);
    Sequential model = quantised(Scheme.BF16);
    Tensor x = input(model);
    assertThat(Session.on(slow).run(model, x).picoseconds())
        .isGreaterThan(Session.maia().run(model, x).picoseconds());
  }

  @Test
  void stages_showEveryForm_fromGraphToTileProgram() {
    Sequential model = quantised(Scheme.BF16);
    List<String> names =
        Session.maia().run(model, input(model)).stages().stream().map(Stage::name).toList();
    assertThat(names).startsWith("graph", "plan", "kernel 0: trace").contains("kernel 2: npl");
  }

  @Test
  void report_hasALinePerKernel_andSumsThem() {
    Sequential model = quantised(Scheme.BF16);
    SessionRun run = Session.maia().run(model, input(model));
    assertThat(run.report().lines()).hasSize(3);
    assertThat(run.report().microseconds() * 1e6)
        .isCloseTo(run.picoseconds(), org.assertj.core.data.Offset.offset(1.0));
    assertThat(run.toString()).contains("total kernel time");
  }

  @Test
  void cost_countsLaunches_andIsProportionalToTheItems() {
    Sequential model = quantised(Scheme.BF16);
    SessionRun run = Session.maia().run(model, input(model));
    var one = run.cost(37, PriceBook.MAIA_200_MODELLED);
    var ten = run.cost(370, PriceBook.MAIA_200_MODELLED);
    double hours = (run.picoseconds() * 1e-12 + 3 * 5e-6) / 3_600;
    assertThat(one.dollarsPerMillion().low())
        .isCloseTo(
            hours / 37 * 1e6 * PriceBook.MAIA_200_MODELLED.dollarsPerChipHour().low(),
            org.assertj.core.data.Percentage.withPercentage(1e-9));
    assertThat(one.dollarsPerMillion().high())
        .isCloseTo(
            10 * ten.dollarsPerMillion().high(),
            org.assertj.core.data.Percentage.withPercentage(1e-9));
    assertThat(one.toString()).contains("modelled").contains("modelled-owner-2026-11");
  }

  @Test
  void operationWithoutAKernel_isRefusedByName_withTheWayOut() {
    assertThatThrownBy(() -> Session.maia().run("net", x -> x.tanh(), INPUT))
        .isInstanceOf(TensorException.class)
        .hasMessageStartingWith("cpu cannot run 'tanh': no kernel of the library computes it");
  }
}
