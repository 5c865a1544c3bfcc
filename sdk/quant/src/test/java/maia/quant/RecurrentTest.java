package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Tensor;
import maia.tensor.nn.Embedding;
import maia.tensor.nn.GRU;
import maia.tensor.nn.LSTM;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.RNN;
import maia.tensor.nn.Recurrent;
import maia.tensor.nn.Sequential;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The products of recurrent layers are quantised as linear layers.
class RecurrentTest {
  private static final Quantizer INT8 = Quantizer.of(new Grid.Ints(8), Sharing.ROWS);
  private static final Quantizer WHOLE = Quantizer.of(new Grid.Ints(8), Sharing.TENSOR);
  private static final Quantizer INT4 = Quantizer.of(new Grid.Ints(4), Sharing.groups(4));
  private static final Recurrent.Settings TWO = Recurrent.Settings.ONE.layers(2).both();

  private static final class Tagger extends Module {
    private final Embedding embedding;
    private final LSTM lstm;
    private final Linear head;

    Tagger(long seed) {
      embedding = child("embedding", new Embedding(11, 6, seed));
      lstm = child("lstm", new LSTM(6, 8, TWO, seed + 1));
      head = child("head", new Linear(16, 3, seed + 2));
    }

    @Override
    public Tensor forward(Tensor tokens) {
      return head.forward(lstm.forward(embedding.forward(tokens)));
    }
  }

  private final Tensor tokens =
      Tensor.of(new float[] {1, 4, 2, 9, 10, 0, 3, 3}, 2, 4).to(DType.I64);

  private static double error(Tensor y, Tensor exact) {
    return y.sub(exact).pow(2).mean().item() / exact.pow(2).mean().item();
  }

  @Test
  void weightsAlone_areThoseThatRoundingGives() {
    for (Recurrent layer :
        List.of(new LSTM(4, 8, TWO, 1), new GRU(4, 8, 2), new RNN(4, 8, TWO, RNN.Form.RELU, 3))) {
      Tensor x = Tensor.randn(DType.F32, 7, 2, 5, 4);
      QuantizedModel q = Quantize.of((Module) layer).weights(INT4).apply();
      assertThat(q.layers().keySet()).isEqualTo(layer.products().keySet());
      Tensor before = Tensor.noGrad(() -> layer.forward(x));
      Tensor y = Tensor.noGrad(() -> q.forward(x));
      assertThat(Tensor.noGrad(() -> layer.forward(x)).toArray()).isEqualTo(before.toArray());
      layer
          .namedParameters()
          .forEach((name, p) -> {
            if (p.rank() == 2) {
              int columns = (int) p.size(1);
              float[] w = INT4.fake(p.detach().toArray(), (int) p.size(0), columns);
              Tensor.noGrad(() -> p.assign(Tensor.of(w, p.shape())));
            }
          });
      assertThat(y.toArray()).isEqualTo(Tensor.noGrad(() -> layer.forward(x)).toArray());
    }
  }

  @Test
  void dynamicInputs_schemesAndMethods_stayNearTheOriginal() {
    Tagger model = new Tagger(1);
    Tensor exact = Tensor.noGrad(() -> model.forward(tokens));
    QuantizedModel dynamic = Quantize.of((Module) model).weights(INT8).activations(INT8).apply();
    assertThat(error(Tensor.noGrad(() -> dynamic.forward(tokens)), exact)).isBetween(1e-9, 1e-3);
    for (Method method : List.of(Method.GPTQ, Method.AWQ, Method.SMOOTH)) {
      QuantizedModel q =
          Quantize.of((Module) model)
              .weights(INT8)
              .activations(WHOLE, Observer.MIN_MAX)
              .calibrate(tokens)
              .with(method)
              .apply();
      assertThat(error(Tensor.noGrad(() -> q.forward(tokens)), exact))
          .as(method.label())
          .isBetween(1e-9, 0.02);
    }
    for (Scheme scheme :
        List.of(Scheme.BF16, new Scheme.Block(BlockFormat.MXFP8_E4M3, ScaleRule.FLOOR))) {
      QuantizedModel q = Quantize.of((Module) model).with(scheme).apply();
      assertThat(error(Tensor.noGrad(() -> q.forward(tokens)), exact))
          .as(scheme.label())
          .isBetween(1e-9, 0.01);
    }
  }

  @Test
  void chain_holdsTheLayerAsAModelOfItsOwn_withTheSameBits() {
    Sequential chain = Sequential.of(new LSTM(4, 8, 1), new Linear(8, 3, 2));
    Tensor x = Tensor.randn(DType.F32, 7, 2, 5, 4);
    Sequential q =
        Quantize.of(chain)
            .weights(INT4)
            .activations(WHOLE, Observer.MIN_MAX)
            .calibrate(x)
            .with(Method.GPTQ)
            .apply();
    QuantizedModel whole =
        Quantize.of((Module) chain)
            .weights(INT4)
            .activations(WHOLE, Observer.MIN_MAX)
            .calibrate(x)
            .with(Method.GPTQ)
            .apply();
    assertThat(whole.layers().keySet()).containsExactly("0.ih_l0", "0.hh_l0", "1");
    assertThat(q.parts().getFirst()).isInstanceOf(QuantizedModel.class);
    assertThat(Tensor.noGrad(() -> q.forward(x)).toArray())
        .isEqualTo(Tensor.noGrad(() -> whole.forward(x)).toArray());
    Sequential kept = Quantize.of(chain).weights(INT4).keep("0.ih_l0", "0.hh_l0").apply();
    assertThat(kept.parts().getFirst()).isInstanceOf(KeptPart.class);
    assertThatThrownBy(() -> Quantize.of(chain).weights(INT4).keep("0").apply())
        .hasMessage("quantise: no linear layer '0'; there are [0.ih_l0, 0.hh_l0, 1]");
  }

  @Test
  void report_namesWhatStaysAsItWas() {
    QuantizedModel q =
        Quantize.of((Module) new Tagger(1)).weights(INT4).keep("lstm.hh_l1", "head").apply();
    QuantReport report = QuantReport.of(q, tokens);
    assertThat(report.layers())
        .extracting(LayerReport::name)
        .containsExactly(
            "lstm.ih_l0",
            "lstm.hh_l0",
            "lstm.ih_l0_reverse",
            "lstm.hh_l0_reverse",
            "lstm.ih_l1",
            "lstm.ih_l1_reverse",
            "lstm.hh_l1_reverse");
    assertThat(report.kept())
        .containsOnly(
            java.util.Map.entry("lstm.hh_l1", "Linear(in=8, out=32)"),
            java.util.Map.entry("head", "Linear(in=16, out=3)"),
            java.util.Map.entry("embedding.weight", "Embedding(rows=11, width=6)"));
    assertThat(report.toString()).contains("embedding.weight").contains("stays as it was");
    assertThat(report.toJson()).contains("\"embedding.weight\": \"Embedding(rows=11, width=6)\"");
    assertThat(report.toHtml()).contains("<td>embedding.weight</td>");
  }

  @Test
  void checkpoint_comesBackBitForBit_partsKeptIncluded(@TempDir Path folder) {
    QuantizedModel q =
        Quantize.of((Module) new Tagger(1))
            .weights(INT4)
            .activations(INT8)
            .keep("lstm.hh_l1")
            .apply();
    Path file = folder.resolve("q.safetensors");
    QuantCheckpoint.write(file, q);
    Tagger other = new Tagger(9);
    QuantizedModel back = QuantCheckpoint.read(file, other);
    Tensor y = Tensor.noGrad(() -> q.forward(tokens));
    assertThat(Tensor.noGrad(() -> back.forward(tokens)).toArray()).isEqualTo(y.toArray());
    StoredLinear first = (StoredLinear) back.layers().get("lstm.ih_l0");
    assertThat(other.namedParameters().get("lstm.weight_ih_l0").detach().toArray())
        .isEqualTo(first.stored().values());
    Path again = folder.resolve("again.safetensors");
    QuantCheckpoint.write(again, back);
    assertThat(again).hasSameBinaryContentAs(file);
  }

  @Test
  void sensitivity_seesTheGradientsOfEveryProduct() {
    Tagger model = new Tagger(1);
    var loss = (Sensitivity.BatchLoss) (m, i) -> m.forward(tokens).pow(2).mean();
    Sensitivity s = Sensitivity.of(model, List.of(INT4), List.of(tokens), loss);
    assertThat(s.layers()).hasSize(9);
    assertThat(s.rows()).allMatch(r -> r.gradient() > 0 && r.noise() > 0);
  }

  @Test
  void training_convertsToTheSameBits() {
    Tagger model = new Tagger(1);
    Qat qat = Qat.of(model, INT4, INT8);
    Tensor y = qat.forward(tokens);
    y.pow(2).mean().backward();
    assertThat(model.namedParameters().get("lstm.weight_hh_l0").grad().abs().amax().item())
        .isPositive();
    assertThat(Tensor.noGrad(() -> qat.convert().forward(tokens)).toArray()).isEqualTo(y.toArray());
  }
}
