package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.nn.BatchNorm1d;
import maia.tensor.nn.Dropout;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.ReLU;
import maia.tensor.nn.Sequential;
import org.junit.jupiter.api.Test;

/// Looking at a model never changes it, whatever mode it is in.
class InUseTest {
  private static final Quantizer INT8 = Quantizer.of(new Grid.Ints(8), Sharing.TENSOR);
  private final Tensor x = Tensor.randn(DType.F32, 5, 24, 32);

  private static Sequential net() {
    Sequential net =
        Sequential.of(
            new Linear(32, 16, 1),
            new BatchNorm1d(16),
            new ReLU(),
            new Dropout(0.5, 3),
            new Linear(16, 4, 2));
    Tensor.noGrad(() -> net.forward(Tensor.randn(DType.F32, 9, 64, 32).mul(3)));
    net.parts().get(2).eval();
    return net;
  }

  private static Map<String, float[]> values(Module model) {
    Map<String, float[]> all = new LinkedHashMap<>();
    model.stateDict().forEach((name, t) -> all.put(name, t.to(DType.F32).toArray()));
    return all;
  }

  private static List<Boolean> modes(Module model) {
    return model.modules().stream().map(Module::isTraining).toList();
  }

  private void assertUntouched(Consumer<Sequential> look) {
    Sequential net = net();
    Map<String, float[]> before = values(net);
    List<Boolean> modes = modes(net);
    assertThat(modes).containsExactly(true, true, true, false, true, true);
    look.accept(net);
    assertThat(values(net)).usingRecursiveComparison().isEqualTo(before);
    assertThat(modes(net)).isEqualTo(modes);
  }

  @Test
  void calibratingAModelInTraining_changesNeitherItsStatisticsNorItsMode() {
    assertUntouched(net ->
        Quantize.of((Module) net)
            .weights(INT8)
            .activations(INT8, Observer.MSE)
            .calibrate(x)
            .apply());
    assertUntouched(net -> Quantize.of(net).with(Scheme.FP8_E4M3).calibrate(x).apply());
  }

  @Test
  void reportsAndSensitivities_changeNothing() {
    assertUntouched(net -> QuantReport.of(Quantize.of((Module) net).weights(INT8).apply(), x));
    assertUntouched(net ->
        Sensitivity.of(
            net, List.of(INT8), List.of(x), (model, _) -> model.forward(x).abs().mean()));
  }

  @Test
  void quantisedChain_movedConvertedOrTrained_leavesItsOriginalAlone() {
    Sequential plain = net();
    plain.eval();
    float[] before = plain.forward(x).toArray();
    assertUntouched(net -> {
      Sequential q = Quantize.of(net).weights(INT8).keep("4").apply();
      assertThat(q.stateDict().keySet()).containsAll(List.of("1.running_mean", "4.weight"));
      q.train();
      float[] own = q.forward(x).toArray();
      assertThat(q.forward(x).toArray()).isEqualTo(own);
      q.to(DType.BF16);
      assertThat(q.namedParameters().get("4.weight").type()).isEqualTo(DType.BF16);
      assertThat(net.namedParameters().get("4.weight").type()).isEqualTo(DType.F32);
      assertThat(net.namedBuffers().get("1.running_mean").type()).isEqualTo(DType.F32);
      q.to(Device.meta());
      assertThat(net.namedParameters().get("1.weight").device()).isEqualTo(Device.cpu());
      net.eval();
      assertThat(net.forward(x).toArray()).isEqualTo(before);
      net.train();
      net.parts().get(2).eval();
    });
  }

  @Test
  void originalMovedLater_leavesTheQuantisedChainAlone() {
    Sequential net = net();
    Sequential q = Quantize.of(net).weights(INT8).keep("4").apply();
    float[] before = q.forward(x).toArray();
    net.to(Device.meta());
    assertThat(q.forward(x).toArray()).isEqualTo(before);
    assertThat(q.toString()).contains("(1): BatchNorm1d(16").contains("(4): Linear(in=16, out=4)");
  }

  @Test
  void calibration_seesWhatTheModelInUseSees() {
    Sequential used = net();
    used.eval();
    Quantize<QuantizedModel> way =
        Quantize.of((Module) net()).weights(INT8).activations(INT8, Observer.MIN_MAX).calibrate(x);
    QuantizedModel inTraining = way.apply();
    QuantizedModel inUse =
        Quantize.of((Module) used)
            .weights(INT8)
            .activations(INT8, Observer.MIN_MAX)
            .calibrate(x)
            .apply();
    assertThat(inTraining.forward(x).toArray()).isEqualTo(inUse.forward(x).toArray());
    assertThat(inTraining.forward(x).toArray()).isEqualTo(inTraining.forward(x).toArray());
  }

  @Test
  void aBodyThatFails_leavesTheModesAsTheyWere() {
    Sequential net = net();
    List<Boolean> modes = modes(net);
    Tensor wide = Tensor.randn(DType.F32, 1, 2, 33);
    Quantize<QuantizedModel> way =
        Quantize.of((Module) net).weights(INT8).activations(INT8, Observer.MSE).calibrate(wide);
    assertThatThrownBy(way::apply).hasMessageContaining("inner dimensions differ");
    assertThat(modes(net)).isEqualTo(modes);
    Quantizer mx = Quantizer.of(BlockFormat.MXFP4, ScaleRule.FLOOR);
    assertThat(Quantize.of((Module) net).weights(mx).apply().layers()).hasSize(2);
  }

  /// A report counts what static scales clip.
  @Test
  void report_staticInputs_countsWhatIsClipped() {
    Sequential net = net();
    Observer.Rule most = new Observer.Rule.Percentile(0.9);
    QuantizedModel q =
        Quantize.of((Module) net).weights(INT8).activations(INT8, most).calibrate(x).apply();
    QuantReport report = QuantReport.of(q, x);
    double clipped = report.layers().getFirst().inputDistortion().orElseThrow().clipped();
    assertThat(clipped).isBetween(0.05, 0.15);
    assertThat(report.toHtml())
        .contains("<th>inputs clipped %</th>")
        .contains("<td>%.3f</td>".formatted(100 * clipped));
    assertThat(report.toString()).contains("in clip").contains("%.3f".formatted(100 * clipped));
  }
}
