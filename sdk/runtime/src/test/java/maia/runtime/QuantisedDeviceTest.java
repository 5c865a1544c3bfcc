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
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
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
    assertThatThrownBy(() -> oracle.linear(8, 64, 64, mx4, Optional.empty()))
        .hasMessage(
            "layer cost: the kernels take two scalar types or two block formats, got inputs bf16 and weights mxfp4; quantise both");
  }
}
