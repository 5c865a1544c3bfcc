package maia.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.UnaryOperator;
import maia.cost.PriceBook;
import maia.kernel.Stage;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.models.Mlp;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
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
        new Scheme.Block(BlockFormat.MXFP6_E3M2, ScaleRule.FLOOR),
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
    Tensor square = Tensor.ones(4, 4);
    assertThatThrownBy(() -> Session.maia().run("net", x -> x.cholesky(), square))
        .isInstanceOf(TensorException.class)
        .hasMessageStartingWith(
            "a session on maia-200 cannot run 'cholesky': no kernel of the library computes it; run this operation on the"
                + " host, before or after the session");
  }

  private static final Tensor HALF = Tensor.randn(DType.BF16, 1, 5, 50);
  private static final Tensor W = Tensor.randn(DType.BF16, 2, 7, 50);
  private static final Tensor BIAS = Tensor.randn(DType.F32, 3, 7);
  private static final Tensor BLOCKS =
      Tensor.randn(DType.F32, 4, 2, 3, 50).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR);
  private static final Tensor W_BLOCKS =
      Tensor.randn(DType.F32, 5, 33, 50).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR);

  /// A forward pass and its input.
  record Case(String name, UnaryOperator<Tensor> forward, Tensor x) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> forwardPasses() {
    return List.of(
        new Case("input returned", x -> x, HALF),
        new Case("constant returned", _ -> W.mul(2), HALF),
        new Case("vector", x -> x.linear(W, BIAS, DType.F32).relu(), HALF.get(0)),
        new Case("one row", x -> x.linear(W, BIAS, DType.F32), HALF.slice(0, 0, 1)),
        new Case(
            "leading dimensions", x -> x.linear(W, BIAS, DType.F32), HALF.reshape(1, 5, 1, 50)),
        new Case("no rows", x -> x.linear(W, BIAS, DType.F32).relu(), HALF.slice(0, 0, 0)),
        new Case(
            "columns of a wider matrix",
            x -> x.slice(1, 3, 28).linear(W.slice(1, 0, 25), DType.F32),
            HALF),
        new Case("transposed operands", x -> x.t().linear(HALF.t(), DType.F32).t(), HALF),
        new Case("repeated rows", x -> x.expand(4, 50).linear(W, DType.F32), HALF.slice(0, 0, 1)),
        new Case(
            "sum of two products", x -> x.linear(W, DType.F32).add(x.linear(W, DType.F32)), HALF),
        new Case(
            "sum of two vectors",
            x -> x.linear(W, DType.F32).add(x.linear(W.mul(2), DType.F32)),
            HALF.get(0)),
        new Case(
            "negative factor, rounding, activation",
            x -> x.linear(W, BIAS, DType.F32).mul(-2).to(DType.BF16).relu(),
            HALF),
        new Case(
            "value read twice",
            x -> {
              Tensor y = x.linear(W, BIAS, DType.F32);
              return y.relu().add(y);
            },
            HALF),
        new Case("blocks with leading dimensions", x -> x.linear(W_BLOCKS, DType.F32), BLOCKS),
        new Case("slice of blocks", x -> x.slice(1, 1, 3).linear(W_BLOCKS, DType.F32), BLOCKS),
        new Case(
            "ragged blocks out",
            x -> x.linear(W_BLOCKS, DType.F32).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR),
            BLOCKS),
        new Case("softmax of no rows", x -> x.softmax(-1), Tensor.zeros(0, 17)));
  }

  @ParameterizedTest
  @MethodSource("forwardPasses")
  void deviceAndHost_onUnusualForwardPasses_giveTheSameShapeTypeAndBits(Case test) {
    Tensor y = Session.on(Chip.TOY).run(test.name(), test.forward(), test.x()).values();
    Tensor expected = test.forward().apply(test.x());
    assertThat(y.type()).isEqualTo(expected.type());
    assertThat(y.shape()).isEqualTo(expected.shape());
    assertThat(y.toArray()).isEqualTo(expected.toArray());
  }

  @Test
  void passWithoutKernels_hasAnEmptyTraceAndReport() {
    SessionRun run = Session.maia().run("identity", x -> x, HALF);
    assertThat(run.trace()).contains("\"picoseconds\":\"0\"");
    assertThat(run.peakShare()).isZero();
    assertThat(run.bound()).isEqualTo("nothing");
    assertThat(run.toString()).endsWith("total kernel time 0.000 us, energy 0.00 uJ\n");
  }

  @Test
  void quantizedResultOfAScalarProduct_isAKernelOfItsOwn_withTheHostsBits() {
    SessionRun run =
        Session.maia()
            .run(
                "net",
                x -> x.linear(W, DType.F32).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR),
                HALF);
    assertThat(run.kernels()).hasSize(2);
    assertThat(run.values().dequantize().toArray())
        .isEqualTo(
            HALF.linear(W, DType.F32)
                .quantize(BlockFormat.MXFP4, ScaleRule.FLOOR)
                .dequantize()
                .toArray());
  }

  @Test
  void quantizeByAnyRule_hasTheHostsBits_andTheSearchOfIntegersIsRefusedByName() {
    for (BlockFormat format : List.of(BlockFormat.MXFP4, BlockFormat.MXINT8, BlockFormat.NVFP4)) {
      for (ScaleRule rule : List.of(ScaleRule.RCEIL, ScaleRule.EVEN, ScaleRule.CEIL)) {
        SessionRun run = Session.maia().run("net", x -> x.quantize(format, rule), INPUT);
        assertThat(run.values().dequantize().toArray())
            .as("%s %s", format, rule)
            .isEqualTo(INPUT.quantize(format, rule).dequantize().toArray());
      }
    }
    assertThatThrownBy(() ->
            Session.maia().run("net", x -> x.quantize(BlockFormat.MXINT8, ScaleRule.MSE), INPUT))
        .isInstanceOf(TensorException.class)
        .hasMessageContaining(
            "cannot run 'quantize': the kernel of mxint8 does not search for the smallest error; use another scale rule");
  }

  @Test
  void report_namesWhatIsAssumed_andWhichChecksAreOff() {
    Tensor weights = W.to(DType.F16);
    SessionRun run =
        Session.maia().run("net", x -> x.linear(weights, DType.F32), Tensor.meta(DType.F16, 5, 50));
    assertThat(run.report().notes())
        .containsExactly(
            "assumed: tensor unit input f16 (not published; taken at the BF16 rate, same width)",
            "checks off: uninitialised read, race, race between programs, coverage");
    assertThat(run.toString()).endsWith(String.join("\n", run.report().notes()) + "\n");
    assertThat(run.mime().get("text/html")).contains("<p>assumed: tensor unit input f16");
  }

  @Test
  void report_ofAPublishedTypeWithEveryCheckOn_hasNoNotes() {
    SessionRun run = Session.maia().run("net", x -> x.linear(W, DType.F32), HALF);
    assertThat(run.report().notes()).isEmpty();
  }

  @Test
  void html_ofAReport_isEscaped() {
    Report.Line line = new Report.Line("a<b>&c", 1, 5, 0, 0, 0, 1, "latency");
    assertThat(new Report(List.of(line), List.of()).mime().get("text/html"))
        .contains("<td>a&lt;b>&amp;c</td>");
  }

  @Test
  void activationOfARoundedResult_keepsMinusZero_asOnTheHost() {
    Tensor x = Tensor.of(new float[] {-0x1p-20f, 1f}, 2, 1).to(DType.BF16);
    Tensor w = Tensor.ones(1, 1).to(DType.BF16);
    UnaryOperator<Tensor> net = t -> t.linear(w, DType.F32).to(DType.FP8_E4M3).relu();
    assertThat(net.apply(x).toArray()).containsExactly(-0f, 1f);
    assertThat(Session.maia().run("net", net, x).values().toArray()).containsExactly(-0f, 1f);
  }
}
