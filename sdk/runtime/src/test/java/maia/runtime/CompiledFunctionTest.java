package maia.runtime;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import maia.machine.Chip;
import maia.models.Mlp;
import maia.numerics.DType;
import maia.tensor.Device;
import maia.tensor.Dims;
import maia.tensor.Functional;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.tensor.nn.Module;
import maia.tensor.nn.Sequential;
import org.junit.jupiter.api.Test;

class CompiledFunctionTest {
  private static final Device MAIA = Device.maia();
  private final Tensor x = Tensor.randn(F32, 1, 5, 20);
  private final Tensor onChip = x.to(MAIA);

  private static Module net() {
    return Mlp.of(3, 20, 12, 7).eval();
  }

  @Test
  void compiledModule_givesTheBitsOfHostAndEagerDevice_inFewerLaunches() {
    Tensor host = Tensor.noGrad(() -> net().call(x));
    Module net = net().to(MAIA);
    var compiled = Maia.compile(net);
    Profile<Tensor> one = Maia.profile(() -> Tensor.noGrad(() -> net.call(onChip)));
    Profile<Tensor> fused = Maia.profile(() -> compiled.call(onChip));
    assertThat(one.result().toArray()).isEqualTo(host.toArray());
    assertThat(fused.result().toArray()).isEqualTo(host.toArray());
    assertThat(fused.result().device()).isEqualTo(MAIA);
    assertThat(one.launches()).hasSize(3);
    assertThat(fused.launches()).hasSize(2);
  }

  @Test
  void callsAlike_shareAPlan_otherShapesStridesAndTypesGetTheirOwn() {
    var compiled = Maia.compile("f", a -> a.mul(2).exp()).on(Chip.TOY);
    compiled.call(onChip);
    compiled.call(onChip.mul(3));
    assertThat(compiled.plans()).isEqualTo(1);
    compiled.call(onChip.t());
    compiled.call(onChip.slice(0, 0, 2));
    compiled.call(onChip.to(BF16));
    assertThat(compiled.plans()).isEqualTo(4);
    assertThat(compiled).hasToString("compiled 'f' for toy: 4 plans");
  }

  @Test
  void productsOfIntegers_keepTheirLowBitsBetweenOtherSteps() {
    Tensor bytes = x.mul(100).clamp(-128, 127).round().to(DType.I8).to(MAIA);
    Tensor weight = bytes.slice(0, 0, 3);
    var compiled = Maia.compile("f", a -> a.matmul(weight.t()).mul(3).relu()).on(Chip.TOY);
    Tensor host = bytes.to(Device.cpu());
    assertThat(compiled.call(bytes).toLongs())
        .isEqualTo(host.matmul(host.slice(0, 0, 3).t()).mul(3).relu().toLongs());
  }

  @Test
  void parametersWrittenInPlace_areSeen() {
    Module net = net().to(MAIA);
    var compiled = Maia.compile(net).on(Chip.TOY);
    compiled.call(onChip);
    Tensor weight = net.parameters().getFirst();
    Tensor.noGrad(() -> weight.assign(weight.mul(2)));
    assertThat(compiled.call(onChip).toArray())
        .isEqualTo(Tensor.noGrad(() -> net.call(onChip)).toArray());
  }

  @Test
  void numbersWrittenInPlace_andConstantsMadeOfThem_areSeen() {
    Tensor factor = Tensor.scalar(2).to(MAIA);
    Tensor row = Tensor.ones(20).to(MAIA);
    var compiled = Maia.compile("f", a -> a.mul(factor).add(row.add(factor))).on(Chip.TOY);
    assertThat(compiled.call(onChip).toArray()).isEqualTo(x.mul(2).add(3).toArray());
    factor.assign(Tensor.scalar(4).to(MAIA));
    assertThat(compiled.call(onChip).toArray()).isEqualTo(x.mul(4).add(5).toArray());
    row.assign(Tensor.full(2, F32, 20).to(MAIA));
    assertThat(compiled.call(onChip).toArray()).isEqualTo(x.mul(4).add(6).toArray());
  }

  @Test
  void convertedModule_isRecordedAnew() {
    Module net = net().to(MAIA);
    var compiled = Maia.compile(net).on(Chip.TOY);
    compiled.call(onChip);
    net.to(BF16);
    Tensor half = onChip.to(BF16);
    assertThat(compiled.call(half).toArray())
        .isEqualTo(Tensor.noGrad(() -> net.call(half)).toArray());
  }

  @Test
  void functionOfTwoTensors_andOfMore_areCompiled() {
    var two = Maia.compile("two", (a, b) -> a.mul(b).add(a)).on(Chip.TOY);
    assertThat(two.call(onChip, onChip).toArray()).isEqualTo(x.mul(x).add(x).toArray());
    var three =
        Maia.compile("three", 3, in -> in.get(0).mul(in.get(1)).add(in.get(2))).on(Chip.TOY);
    assertThat(three.call(onChip, onChip, onChip).toArray()).isEqualTo(x.mul(x).add(x).toArray());
    assertThatThrownBy(() -> two.call(onChip)).hasMessage("compiled 'two': takes 2 inputs, got 1");
  }

  @Test
  void inputReturned_detachedValuesAndUnusedResults_areHandled() {
    assertThat(Maia.compile("same", a -> a).call(onChip).toArray()).isEqualTo(x.toArray());
    var detached =
        Maia.compile(
                "f",
                a -> {
                  a.exp();
                  Tensor b = a.mul(2);
                  return b.detach().add(b).add(a.detach());
                })
            .on(Chip.TOY);
    assertThat(detached.call(onChip).toArray()).isEqualTo(x.mul(2).add(x.mul(2)).add(x).toArray());
    assertThat(detached.explain().launches()).isEqualTo(1);
    assertThat(detached.explain().launchesBefore()).isEqualTo(4);
  }

  @Test
  void reshapeOfATransposedResult_isCopiedAsEagerly() {
    var compiled =
        Maia.compile("f", a -> a.mul(2).t().reshape(10, 10).softmax(-1).add(1)).on(Chip.TOY);
    assertThat(compiled.call(onChip).toArray())
        .isEqualTo(x.mul(2).t().reshape(10, 10).softmax(-1).add(1).toArray());
  }

  @Test
  void shapeOnlyInput_measuresTime() {
    var compiled = Maia.compile("f", a -> a.mul(2).exp());
    Profile<Tensor> profile = Maia.profile(() -> compiled.call(Tensor.meta(F32, 64, 64)));
    assertThat(profile.result().isMeta()).isTrue();
    assertThat(profile.table().microseconds()).isPositive();
  }

  @Test
  void readingValues_isRefusedWithOperationAndLine() {
    var compiled = Maia.compile("f", a -> a.amax(Dims.KEEP, 1).get(0).item() > 0 ? a : a.neg());
    assertThatThrownBy(() -> compiled.call(onChip))
        .isInstanceOf(TensorException.class)
        .hasMessageStartingWith(
            "'item' reads the values of a tensor (f32 1) whose operations are being recorded: it has none"
                + " yet, and the graph would hold for these alone; choose with tensors (where, maskedFill), or"
                + " do it before or after the recorded function [CompiledFunctionTest.java:");
  }

  @Test
  void writingInPlace_whileRecording_isRefused() {
    assertThatThrownBy(() -> Maia.compile("f", a -> a.mul(2).add_(1)).call(onChip))
        .isInstanceOf(TensorException.class)
        .hasMessageStartingWith(
            "add_: writes in place while operations are being recorded, which a graph does not hold; use the form"
                + " that returns a new tensor");
  }

  @Test
  void operationWithoutAKernel_isRefusedByNameAndLine_beforeAnythingRuns() {
    var compiled = Maia.compile("f", a -> a.exp().cholesky());
    Tensor square = Tensor.ones(4, 4).to(MAIA);
    assertThatThrownBy(() -> compiled.call(square))
        .isInstanceOf(TensorException.class)
        .hasMessageMatching(
            "(?s)compile 'f': no kernel of the library computes 'cholesky' \\(CompiledFunctionTest.java:\\d+\\);"
                + " run it on the host explicitly, between two compiled parts: x.to\\(Device.cpu\\(\\)\\), the"
                + " operation, then to\\(maia:0\\).*");
  }

  @Test
  void inputsElsewhere_areRefused() {
    var compiled = Maia.compile("f", (a, b) -> a.add(b));
    assertThatThrownBy(() -> compiled.call(x, x))
        .isInstanceOf(TensorException.class)
        .hasMessageStartingWith(
            "compiled 'f': all inputs must be on one simulated device, or shape-only, they are on [cpu, cpu];");
    assertThatThrownBy(() -> compiled.call(onChip, x)).hasMessageContaining("[maia:0, cpu]");
  }

  @Test
  void constantsElsewhere_areRefused() {
    var compiled = Maia.compile("f", a -> a.add(x));
    assertThatThrownBy(() -> compiled.call(onChip))
        .isInstanceOf(TensorException.class)
        .hasMessageContaining(
            "reads a constant f32[5, 20] on cpu, the inputs are on maia:0; move it, or the module that holds it,");
  }

  @Test
  void training_isRefused() {
    var compiled = Maia.compile(net().train().to(MAIA));
    assertThatThrownBy(() -> compiled.call(onChip))
        .isInstanceOf(TensorException.class)
        .hasMessageStartingWith(
            "compiled 'Sequential': the module is in training mode, and a compiled function runs forward only,"
                + " without gradients; call eval() on the module, or the module itself to train");
    Tensor wanted = onChip.clone().requireGrad();
    var function = Maia.compile("f", a -> a.mul(2));
    assertThatThrownBy(() -> function.call(wanted))
        .isInstanceOf(TensorException.class)
        .hasMessageStartingWith("compiled 'f': an input needs a gradient");
  }

  @Test
  void mistakesInTheFunction_keepTheirMessage() {
    assertThatThrownBy(() -> Maia.compile("f", a -> a.add(Tensor.ones(3).to(MAIA))).call(onChip))
        .isInstanceOf(ShapeException.class);
  }

  @Test
  void explain_showsGraphStepsMemoryAndSums() {
    Sequential net = (Sequential) net().to(MAIA);
    CompileReport report = Maia.compile(net).explain(Tensor.meta(F32, 5, 20));
    assertThat(report.toString())
        .startsWith("graph Sequential(%0: f32[5, 20])\n")
        .contains("(fused: linear relu)\n")
        .contains("peak ")
        .contains("f32[5, 20]                 one by one       compiled\n")
        .contains("launches                            3              2\n");
    assertThat(report.speedup()).isGreaterThan(1);
    assertThat(report.memory().peakBytes()).isLessThan(report.memoryBefore().separateBytes());
    assertThat(report.mime().get("text/html")).contains("<td>launches</td><td>3</td><td>2</td>");
  }

  @Test
  void explainBeforeACall_isRefused() {
    assertThatThrownBy(() -> Maia.compile("f", a -> a).explain())
        .hasMessage(
            "explain: 'f' was not called yet; call it, or explain it for inputs: explain(x)");
  }

  @Test
  void notes_sayWhyNeighboursStayApart() {
    var compiled = Maia.compile("f", a -> a.exp().t().contiguous().neg().add(a.t()));
    CompileReport report = compiled.explain(Tensor.meta(F32, 6, 6));
    assertThat(report.launches()).isEqualTo(2);
    var rows = Maia.compile("g", a -> Functional.rmsNorm(a.exp().reshape(4, 9), 1, 1e-5).sum(-1));
    assertThat(rows.explain(Tensor.meta(F32, 6, 6)).launches()).isEqualTo(2);
    var shapes = Maia.compile("h", a -> a.sum(-1).mul(2).add(List.of(a).getFirst().get(0)));
    assertThat(shapes.explain(Tensor.meta(F32, 6, 6)).plan().notes())
        .containsExactly(
            "'add' (%5) does not join 'mul' (%3), which made %3: one element per row is not aligned with the rows");
  }

  @Test
  void functionThatReturnsNothing_isNamed() {
    Tensor x = Tensor.of(1).to(Device.maia());
    assertThatThrownBy(() -> Maia.compile("none", (Tensor in) -> null).call(x))
        .hasMessageStartingWith("record 'none': the function returned null; return its result");
  }
}
