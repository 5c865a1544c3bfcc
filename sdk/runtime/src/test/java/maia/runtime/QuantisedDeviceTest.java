package maia.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import maia.machine.Chip;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.quant.CostOracle;
import maia.quant.DeviceModel;
import maia.quant.Grid;
import maia.quant.Quantize;
import maia.quant.QuantizedModel;
import maia.quant.Quantizer;
import maia.quant.Quantizer.Sharing;
import maia.quant.Scheme;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.Window;
import maia.tensor.nn.Bias;
import maia.tensor.nn.Conv1d;
import maia.tensor.nn.Embedding;
import maia.tensor.nn.GELU;
import maia.tensor.nn.LSTM;
import maia.tensor.nn.LayerNorm;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.Sequential;
import org.junit.jupiter.api.Test;

class QuantisedDeviceTest {
  private static final class Net extends Module {
    private final Linear first = child("first", new Linear(64, 64, 1));
    private final Linear second = child("second", new Linear(64, 16, 2));

    @Override
    public Tensor forward(Tensor x) {
      return second.forward(first.forward(x).relu());
    }
  }

  /// Parts of every sort: looked up, normed, quantised, kept, and a buffer.
  private static final class Text extends Module {
    private final Embedding tokens = child("tokens", new Embedding(50, 64, 3));
    private final LayerNorm norm = child("norm", new LayerNorm(64));
    private final Linear first = child("first", new Linear(64, 64, 1));
    private final Linear kept = child("kept", new Linear(64, 16, 2));

    Text() {
      buffer("scale", Tensor.of(0.5f));
    }

    @Override
    public Tensor forward(Tensor x) {
      return kept.call(first.call(norm.call(tokens.call(x))).relu().mul(buffer("scale")));
    }
  }

  private final Tensor x = Tensor.randn(DType.F32, 3, 20, 64);

  @Test
  void anyModule_onTheChip_givesTheBitsOfTheHost() {
    for (Scheme scheme :
        new Scheme[] {Scheme.BF16, Scheme.FP8_E4M3, Scheme.MXFP8, Scheme.MXFP6, Scheme.MXFP4}) {
      QuantizedModel q = Quantize.of((Module) new Net()).with(scheme).calibrate(x).apply();
      SessionRun run = Session.maia().run("net", q::forward, x);
      assertThat(run.values().toArray())
          .as(scheme.label())
          .isEqualTo(Tensor.noGrad(() -> q.forward(x)).toArray());
    }
  }

  @Test
  void to_chip_movesGroupsAndRecurrentLayers_eagerAndCompiled() {
    Sequential chain =
        Sequential.of(
            new Conv1d(8, 16, 3, Window.of().groups(4).padding(1), Bias.LEARNED, 1),
            new GELU(),
            new Turned(),
            new LSTM(16, 8, 2),
            new Linear(8, 4, 3));
    Tensor signals = Tensor.randn(DType.F32, 4, 2, 8, 5);
    Quantize<Sequential> some =
        Quantize.of(chain)
            .weights(BlockFormat.MXFP4)
            .activations(BlockFormat.MXFP8_E4M3)
            .keep("3.hh_l0");
    Sequential q = some.apply();
    float[] host = Tensor.noGrad(() -> q.forward(signals)).toArray();
    q.to(Device.maia());
    Tensor there = signals.to(Device.maia());
    Tensor eager = Tensor.noGrad(() -> q.forward(there));
    assertThat(eager.device()).isEqualTo(Device.maia());
    assertThat(eager.toArray()).isEqualTo(host);
    assertThat(Maia.compile(q.eval()).call(there).toArray()).isEqualTo(host);
    assertThat(Tensor.noGrad(() -> some.apply().forward(signals)).toArray()).isEqualTo(host);
  }

  /// Channels last.
  private static final class Turned extends Module {
    @Override
    public Tensor forward(Tensor x) {
      return x.transpose(1, 2);
    }
  }

  @Test
  void to_chip_movesTheQuantisedModelAlone_withTheBitsOfTheHost() {
    Module text = new Text();
    Tensor ids = Tensor.arange(40).reshape(4, 10);
    QuantizedModel q =
        Quantize.of(text)
            .weights(BlockFormat.MXFP4)
            .activations(BlockFormat.MXFP8_E4M3)
            .keep("kept")
            .apply();
    Tensor host = Tensor.noGrad(() -> q.call(ids));
    assertThat(q.isTraining()).isFalse();
    assertThat(q.namedParameters().keySet())
        .containsExactly("tokens.weight", "norm.weight", "norm.bias", "kept.weight", "kept.bias");
    assertThat(q.toString().lines().map(String::strip))
        .contains("(tokens): Embedding(rows=50, width=64)", "(kept): Linear(in=64, out=16)")
        .anyMatch(line -> line.startsWith("(first): StoredLinear(in=64, out=64"));

    q.to(Device.maia());
    Tensor there = ids.to(Device.maia());
    Tensor eager = Tensor.noGrad(() -> q.call(there));
    assertThat(eager.device()).isEqualTo(Device.maia());
    assertThat(eager.toArray()).isEqualTo(host.toArray());
    assertThat(Maia.compile(q.eval()).call(there).toArray()).isEqualTo(host.toArray());
    assertThat(text.parameters()).allMatch(p -> p.device().equals(Device.cpu()));
    assertThat(Tensor.noGrad(() -> text.call(ids)).device()).isEqualTo(Device.cpu());

    q.to(Device.cpu());
    assertThat(Tensor.noGrad(() -> q.call(ids)).toArray()).isEqualTo(host.toArray());
  }

  /// The library's kernel adds as the device model says: one binary32 sum in ascending order.
  @Test
  void deviceModel_sequential_isWhatTheKernelComputes() {
    Quantizer mx = Quantizer.of(BlockFormat.MXFP4, ScaleRule.FLOOR);
    float[] inputs = x.toArray();
    Tensor w = Tensor.randn(DType.F32, 5, 16, 64);
    float[] model =
        DeviceModel.maia()
            .linear(
                mx.fake(inputs, 20, 64), mx.fake(w.toArray(), 16, 64), new float[0], 20, 16, 64);
    Tensor wBlocks = w.quantize(BlockFormat.MXFP4, ScaleRule.FLOOR);
    SessionRun run =
        Session.maia()
            .run(
                "linear",
                t -> t.quantize(BlockFormat.MXFP4, ScaleRule.FLOOR).linear(wBlocks, DType.F32),
                x);
    assertThat(run.values().toArray()).isEqualTo(model);
  }

  @Test
  void layerCost_ranksFormats_andRefusesWhatHasNoKernel() {
    LayerCost oracle = new LayerCost(Chip.MAIA_200, 1.5);
    Quantizer mx4 = Quantizer.of(BlockFormat.MXFP4, ScaleRule.FLOOR);
    Quantizer mx8 = Quantizer.of(BlockFormat.MXFP8_E4M3, ScaleRule.RCEIL);
    CostOracle.Cost four = oracle.linear(2048, 2048, 2048, mx4, Optional.of(mx4));
    CostOracle.Cost eight = oracle.linear(2048, 2048, 2048, mx8, Optional.of(mx8));
    assertThat(four.seconds()).isPositive().isLessThan(eight.seconds());
    assertThat(four.joules()).isLessThan(eight.joules());
    assertThat(four.dollars()).isEqualTo(four.seconds() * 1.5 / 3600);
    assertThat(oracle.linear(2048, 2048, 2048, mx4, Optional.of(mx4))).isEqualTo(four);
    Quantizer int4 = Quantizer.of(new Grid.Ints(4), Sharing.groups(32));
    assertThatThrownBy(() -> oracle.linear(8, 64, 64, int4, Optional.of(mx4)))
        .hasMessage(
            "layer cost: the chip has no kernel for int4 g32; MX formats with blocks of 32, NVFP4, FP8 and BF16 have one");
    Quantizer fp8 = Quantizer.of(new Grid.Floats(DType.FP8_E4M3), Sharing.ROWS);
    assertThatThrownBy(() -> oracle.linear(8, 64, 64, mx4, Optional.of(fp8)))
        .hasMessage(
            "layer cost: the kernels take two scalar types, two block formats, or weights in blocks with bf16 inputs, got inputs fp8_e4m3 and weights mxfp4; quantise both");
    // few rows: the weights' bytes decide
    Quantizer bf16 = Quantizer.of(new Grid.Floats(DType.BF16), Sharing.ROWS);
    CostOracle.Cost widened = oracle.linear(1, 4_096, 4_096, mx4, Optional.empty());
    CostOracle.Cost wide = oracle.linear(1, 4_096, 4_096, bf16, Optional.empty());
    assertThat(widened.joules()).isPositive().isLessThan(wide.joules());
    assertThat(widened.seconds()).isLessThan(wide.seconds());
  }
}
