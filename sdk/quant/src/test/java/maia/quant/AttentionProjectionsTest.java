package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.MultiheadAttention;
import maia.tensor.nn.TransformerEncoderLayer;
import maia.tensor.nn.TransformerSettings;
import maia.tensor.optim.SGD;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packed projections of an attention module are linear layers like others.
class AttentionProjectionsTest {
  private static final Quantizer INT4 = Quantizer.of(new Grid.Ints(4), Sharing.groups(16));
  private static final List<String> NAMES =
      List.of(
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.out_proj",
          "linear1",
          "linear2");

  private final Tensor x = Tensor.randn(DType.F32, 3, 2, 5, 32);

  private static TransformerEncoderLayer layer() {
    TransformerEncoderLayer layer =
        new TransformerEncoderLayer(new TransformerSettings(32, 2, 48), 7);
    layer.eval();
    return layer;
  }

  @Test
  void sensitivity_seesTheGradientsOfEveryProjection() {
    var loss = (Sensitivity.BatchLoss) (m, i) -> m.forward(x).pow(2).select(1, 0).mean();
    Sensitivity s = Sensitivity.of(layer(), List.of(INT4), List.of(x), loss);
    assertThat(s.layers()).containsExactlyElementsOf(NAMES);
    assertThat(s.rows()).allMatch(r -> r.gradient() > 0);
  }

  @Test
  void projections_areQuantisedWithTheRest_andComputeWithStoredWeights() {
    TransformerEncoderLayer model = layer();
    QuantizedModel q = Quantize.of(model).weights(INT4).apply();
    assertThat(q.layers().keySet()).containsExactlyElementsOf(NAMES);
    assertThat(q.stateDict().keySet()).noneMatch(name -> name.contains("in_proj"));
    // the same model with its packed weights rounded by hand
    TransformerEncoderLayer rounded = layer();
    q.originals()
        .forEach((name, linear) -> {
          Linear own = LayerInputs.linears(rounded).get(name);
          int rows = (int) linear.weight().size(0);
          int columns = (int) linear.weight().size(1);
          float[] fake = INT4.fake(linear.weight().detach().toArray(), rows, columns);
          Tensor.noGrad(() -> own.weight().copy_(Tensor.of(fake, rows, columns)));
        });
    float[] expected = Tensor.noGrad(() -> rounded.call(x)).toArray();
    assertThat(Tensor.noGrad(() -> q.call(x)).toArray()).isEqualTo(expected);
    assertThat(model.call(x).toArray()).isEqualTo(layer().call(x).toArray());
  }

  @Test
  void someKept_packedParametersStay_andMovingLeavesTheOriginal() {
    TransformerEncoderLayer model = layer();
    QuantizedModel q = Quantize.of(model).weights(INT4).keep("self_attn.v_proj").apply();
    assertThat(q.stateDict().keySet()).contains("self_attn.in_proj_weight");
    float[] before = q.call(x).toArray();
    model.to(Device.meta());
    assertThat(q.call(x).toArray()).isEqualTo(before);
  }

  @Test
  void checkpoint_roundTrip_hasTheBits(@TempDir Path folder) {
    for (String kept : List.of("", "self_attn.k_proj")) {
      Quantize<QuantizedModel> way =
          Quantize.of(layer()).weights(BlockFormat.MXFP4).calibrate(x).with(Gptq.defaults());
      QuantizedModel q = (kept.isEmpty() ? way : way.keep(kept)).apply();
      Path file = folder.resolve("layer" + kept + ".safetensors");
      QuantCheckpoint.write(file, q);
      TransformerEncoderLayer empty =
          new TransformerEncoderLayer(new TransformerSettings(32, 2, 48), 99);
      QuantizedModel back = QuantCheckpoint.read(file, empty);
      assertThat(back.layers().keySet()).isEqualTo(q.layers().keySet());
      assertThat(back.call(x).toArray()).isEqualTo(q.call(x).toArray());
      empty.eval();
      assertThat(empty.stateDict()).containsKey("self_attn.in_proj_weight");
    }
  }

  @Test
  void qat_trainsThePackedParameter() {
    TransformerEncoderLayer model = layer();
    Qat qat = Qat.of(model, INT4);
    SGD sgd = new SGD(model.parameters(), 0.1);
    Tensor before = model.stateDict().get("self_attn.in_proj_weight").clone();
    qat.call(x).pow(2).mean().backward();
    sgd.step();
    Tensor after = model.stateDict().get("self_attn.in_proj_weight");
    for (int i = 0; i < 3; i++) {
      assertThat(after.narrow(0, 32L * i, 32).sub(before.narrow(0, 32L * i, 32)).norm().item())
          .isPositive();
    }
    assertThat(qat.convert().call(x).toArray()).isEqualTo(qat.call(x).toArray());
  }

  @Test
  void attentionAlone_namesItsProjections() {
    MultiheadAttention alone = new MultiheadAttention(32, 2, 3);
    QuantizedModel q = Quantize.of(alone).weights(INT4).apply();
    assertThat(q.layers().keySet()).containsExactly("q_proj", "k_proj", "v_proj", "out_proj");
    assertThat(q.bitsPerWeight()).isEqualTo(6);
    assertThat(q.call(x).shape()).containsExactly(2, 5, 32);
  }
}
