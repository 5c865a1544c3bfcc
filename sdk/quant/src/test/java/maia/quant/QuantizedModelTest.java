package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.quant.Quantizer.Range;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import maia.tensor.nn.CrossEntropyLoss;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.Sequential;
import maia.tensor.optim.SGD;
import org.junit.jupiter.api.Test;

class QuantizedModelTest {
  private static final Quantizer INT4 = Quantizer.of(new Grid.Ints(4), Sharing.groups(16));

  private final Residual model = new Residual(3);
  private final Tensor x = Tensor.randn(DType.F32, 5, 40, 32);

  private double error(Module other) {
    Tensor exact = Tensor.noGrad(() -> model.forward(x));
    Tensor y = Tensor.noGrad(() -> other.forward(x));
    return y.sub(exact).pow(2).mean().item() / exact.pow(2).mean().item();
  }

  @Test
  void anyModule_isQuantisedWithoutChangingIt() {
    float[] before = model.forward(x).toArray();
    QuantizedModel q =
        Quantize.of((Module) model)
            .weights(BlockFormat.MXFP4)
            .activations(DType.FP8_E4M3)
            .calibrate(x)
            .with(Gptq.defaults())
            .apply();
    assertThat(q.layers().keySet()).containsExactly("first", "second", "head");
    assertThat(error(q)).isBetween(1e-5, 0.1);
    assertThat(model.forward(x).toArray()).isEqualTo(before);
    assertThat(q.bitsPerWeight()).isEqualTo(4.25);
    assertThat(q.toString().lines())
        .first()
        .isEqualTo("QuantizedModel(3 of 3 linear layers of Residual, 4.250 bits per weight)(");
  }

  @Test
  void report_listsLayersInTheOrderInWhichTheyRun() {
    Module backwards =
        new Module() {
          private final Linear last = child("last", new Linear(16, 4, 1));
          private final Linear first = child("first", new Linear(32, 16, 2));

          @Override
          public Tensor forward(Tensor in) {
            return last.call(first.call(in));
          }
        };
    QuantReport report = QuantReport.of(Quantize.of(backwards).weights(INT4).apply(), x);
    assertThat(report.layers()).extracting(LayerReport::name).containsExactly("first", "last");
  }

  @Test
  void chain_asModule_givesTheBitsOfTheChain() {
    Sequential chain = Sequential.of(new Linear(32, 16, 1), new Linear(16, 4, 2));
    float[] asChain = Quantize.of(chain).weights(INT4).apply().forward(x).toArray();
    float[] asModule = Quantize.of((Module) chain).weights(INT4).apply().forward(x).toArray();
    assertThat(asModule).isEqualTo(asChain);
  }

  @Test
  void keptAndAssignedLayers_areStoredAsTold() {
    Quantizer int8 = Quantizer.of(new Grid.Ints(8), Sharing.ROWS);
    QuantizedModel q =
        Quantize.of((Module) model)
            .weights(INT4)
            .weights(Map.of("second", int8))
            .keep("head")
            .apply();
    assertThat(q.layers().keySet()).containsExactly("first", "second");
    assertThat(((StoredLinear) q.layers().get("second")).stored().quantizer()).isEqualTo(int8);
    assertThatThrownBy(() -> Quantize.of((Module) model).weights(INT4).keep("tail").apply())
        .hasMessage("quantise: no linear layer 'tail'; there are [first, second, head]");
  }

  @Test
  void staticInputs_areCalibratedOnceAndCountTheirValues() {
    Quantizer fp8 = Quantizer.of(new Grid.Floats(DType.FP8_E4M3), Sharing.TENSOR);
    for (Observer.Rule rule : Observer.rules()) {
      QuantizedModel q =
          Quantize.of((Module) model)
              .weights(DType.FP8_E4M3)
              .activations(fp8, rule)
              .calibrate(x)
              .apply();
      StoredLinear first = (StoredLinear) q.layers().get("first");
      assertThat(first.observations()).hasSize(1);
      assertThat(first.observations().getFirst().values()).isEqualTo(40 * 32);
      assertThat(error(q)).as(rule.label()).isLessThan(0.01);
    }
  }

  @Test
  void importanceOfInputs_ignoresWhatNoWeightReads() {
    Linear layer = new Linear(8, 4, 5);
    Tensor.noGrad(() -> layer.weight().narrow(1, 7, 1).assign(Tensor.zeros(4, 1)));
    Tensor inputs = Tensor.randn(DType.F32, 6, 200, 8);
    inputs.narrow(1, 7, 1).assign(inputs.narrow(1, 7, 1).mul(50).clone());
    Quantize<QuantizedModel> quantize =
        Quantize.of((Module) layer).weights(DType.FP8_E4M3).calibrate(inputs);
    Quantizer int4 = Quantizer.of(new Grid.Ints(4), Sharing.TENSOR);
    Tensor exact = Tensor.noGrad(() -> layer.forward(inputs));
    double byWeight = change(exact, quantize.activations(int4, Observer.IMPORTANCE), inputs);
    double even = change(exact, quantize.activations(int4, Observer.MSE), inputs);
    assertThat(byWeight).isLessThan(0.05 * even);
  }

  private static double change(Tensor exact, Quantize<QuantizedModel> quantize, Tensor inputs) {
    Tensor y = Tensor.noGrad(() -> quantize.apply().forward(inputs));
    return y.sub(exact).pow(2).mean().item();
  }

  @Test
  void staticInputsPerHead_haveAScaleForEach_andPerTokenIsRefused() {
    Quantizer heads = Quantizer.of(new Grid.Ints(8), Sharing.heads(8));
    QuantizedModel q =
        Quantize.of((Module) model)
            .weights(INT4)
            .activations(heads, Observer.MIN_MAX)
            .calibrate(x)
            .apply();
    assertThat(((StoredLinear) q.layers().get("first")).observations()).hasSize(4);
    Quantizer tokens = Quantizer.of(new Grid.Ints(8), Sharing.ROWS);
    assertThatThrownBy(() ->
            Quantize.of((Module) model)
                .weights(INT4)
                .activations(tokens, Observer.MIN_MAX)
                .calibrate(x)
                .apply())
        .hasMessage(
            "calibrate int8 per row: static scales are shared by all rows; use Sharing.TENSOR, heads or channels");
  }

  @Test
  void hqq_beatsTheAffineRange_andNeedsAnAffineScale() {
    Quantizer affine = Quantizer.of(new Grid.Ints(2), Sharing.groups(16)).with(Scale.AFFINE);
    Linear layer = new Linear(64, 48, 9);
    float[] w = layer.weight().toArray();
    for (int i = 0; i < w.length; i += 37) {
      w[i] *= 6;
    }
    double plain = absolute(w, affine.fake(w, 48, 64));
    double found = absolute(w, Hqq.defaults().quantize(w, 48, 64, affine).values());
    assertThat(found).isLessThan(0.97 * plain);
    assertThatThrownBy(() -> Hqq.defaults().quantize(w, 48, 64, INT4))
        .hasMessage(
            "hqq: chooses real zero points, which int4 g16 has not; use with(Scale.AFFINE)");
    assertThat(error(Quantize.of((Module) model).weights(affine).with(Method.HQQ).apply()))
        .isLessThan(0.5);
  }

  private static double absolute(float[] x, float[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += Math.abs((double) x[i] - y[i]);
    }
    return sum / x.length;
  }

  @Test
  void affine_ofAGroup_reachesBothEnds() {
    Quantizer affine = Quantizer.of(new Grid.Ints(2), Sharing.TENSOR).with(Scale.AFFINE);
    Quantized q = affine.quantize(new float[] {1, 2, 3, 4}, 1, 4);
    assertThat(q.codes()).containsExactly(0, 1, 2, 3);
    assertThat(q.values()).containsExactly(1, 2, 3, 4);
    assertThat(q.zeroPoints()).containsExactly(-1);
    assertThat(affine.fake(new float[] {5, 5}, 1, 2)).containsExactly(5, 5);
  }

  @Test
  void rotation_inBlocks_changesNoProduct() {
    QuantizedModel q =
        Quantize.of((Module) model)
            .weights(INT4)
            .activations(INT4)
            .with(new Method.Rotate(8))
            .apply();
    for (Module layer : q.layers().values()) {
      assertThat(((StoredLinear) layer).invariance().largest()).isLessThan(1e-6);
    }
    assertThat(((StoredLinear) q.layers().get("first")).method())
        .isEqualTo("Hadamard rotation in blocks of 8");
  }

  @Test
  void qat_forward_isTheConvertedModelsBitForBit() {
    Qat qat = Qat.of(model, INT4, Quantizer.of(new Grid.Floats(DType.FP8_E4M3), Sharing.ROWS));
    assertThat(qat.forward(x).toArray()).isEqualTo(qat.convert().forward(x).toArray());
    Qat kept = qat.keep("head");
    assertThat(kept.layers().keySet()).containsExactly("first", "second");
    assertThat(kept.forward(x).toArray()).isEqualTo(kept.convert().forward(x).toArray());
  }

  @Test
  void qat_trained_lowersTheQuantisedLoss() {
    Tensor target = Tensor.noGrad(() -> model.forward(x).argmax(-1));
    Quantizer int2 = Quantizer.of(new Grid.Ints(2), Sharing.ROWS);
    Qat qat = Qat.of(model, int2);
    var loss = new CrossEntropyLoss();
    double before = loss.forward(qat.convert().forward(x), target).item();
    var optimiser = new SGD(qat.parameters(), 0.3);
    for (int step = 0; step < 40; step++) {
      qat.zeroGrad();
      loss.forward(qat.forward(x), target).backward();
      optimiser.step(0.3);
    }
    double after = loss.forward(qat.convert().forward(x), target).item();
    assertThat(after).isLessThan(0.6 * before);
  }

  @Test
  void report_countsAndMeasuresEveryLayer() {
    QuantizedModel q =
        Quantize.of((Module) model)
            .weights(BlockFormat.MXFP4)
            .activations(BlockFormat.MXFP8_E4M3)
            .apply();
    QuantReport report = QuantReport.of(q, x).with("seed", "3");
    assertThat(report.layers())
        .extracting(LayerReport::name)
        .containsExactly("first", "second", "head");
    LayerReport first = report.layers().getFirst();
    assertThat(first.alone()).isEqualTo(first.chain());
    assertThat(report.layers().get(1).chain()).isLessThan(report.layers().get(1).alone());
    assertThat(first.weightDistortion().decibels()).isBetween(15.0, 22.0);
    assertThat(first.subnormal()).isBetween(0.0, 0.5);
    assertThat(first.scales().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(32);
    assertThat(report.provenance().entries())
        .containsEntry("seed", "3")
        .containsEntry("weights of first", "fp4_e2m1 g32 e8m0 floor")
        .containsKeys("model", "data");
    assertThat(report.toJson())
        .contains("\"chain_db\": ")
        .contains("\"seed\": \"3\"")
        .doesNotContain("Infinity");
    assertThat(report.toHtml()).contains("<td>first</td>").contains("4.250 bits per weight");
    assertThat(report.toString()).contains("first").contains("4.250");
  }

  @Test
  void keyValues_changeAttentionOnly() {
    Tensor q = Tensor.randn(DType.F32, 1, 1, 2, 5, 16);
    Tensor k = Tensor.randn(DType.F32, 2, 1, 2, 5, 16);
    Tensor v = Tensor.randn(DType.F32, 3, 1, 2, 5, 16);
    KeyValues cache = KeyValues.of(Quantizer.of(new Grid.Ints(4), Sharing.ROWS));
    Tensor got = cache.within(() -> Functional.scaledDotProductAttention(q, k, v).mul(2f));
    Tensor expected =
        Functional.scaledDotProductAttention(q, cache.storedKeys(k), cache.storedValues(v)).mul(2f);
    assertThat(got.toArray()).isEqualTo(expected.toArray());
    assertThat(got.toArray())
        .isNotEqualTo(Functional.scaledDotProductAttention(q, k, v).mul(2f).toArray());
    assertThat(cache.bitsPerValue(16)).isEqualTo(6);
  }

  @Test
  void sensitivity_ranksChoices_andTheKnapsackIsExact() {
    Tensor target = Tensor.noGrad(() -> model.forward(x).argmax(-1));
    var loss = new CrossEntropyLoss();
    List<Quantizer> choices =
        List.of(2, 3, 4, 8).stream()
            .map(bits -> Quantizer.of(new Grid.Ints(bits), Sharing.ROWS))
            .toList();
    Sensitivity s =
        Sensitivity.of(model, choices, List.of(x), (m, _) -> loss.forward(m.forward(x), target));
    assertThat(s.layers()).containsExactly("first", "second", "head");
    for (String layer : s.layers()) {
      List<Sensitivity.Row> rows = s.of(layer);
      assertThat(rows.getFirst().noise()).isGreaterThan(rows.getLast().noise());
      assertThat(rows.getFirst().gradient()).isGreaterThan(rows.getLast().gradient());
    }
    for (Sensitivity.Estimate by : Sensitivity.Estimate.values()) {
      MixedPrecision best = MixedPrecision.underBits(s, by, 5);
      assertThat(best.spent()).isLessThanOrEqualTo(5.0);
      assertThat(best.score()).isEqualTo(bruteForce(s, by, 5));
    }
    assertThatThrownBy(() -> MixedPrecision.underBits(s, Sensitivity.Estimate.NOISE, 1))
        .hasMessageStartingWith(
            "mixed precision: nothing fits into a budget of 1.0; the least is 3.0");
  }

  private static double bruteForce(Sensitivity s, Sensitivity.Estimate by, double budget) {
    double weights = 2 * 32 * 32 + 8 * 32;
    double least = Double.POSITIVE_INFINITY;
    for (Sensitivity.Row a : s.of("first")) {
      for (Sensitivity.Row b : s.of("second")) {
        for (Sensitivity.Row c : s.of("head")) {
          double bits =
              (a.bits() * a.weights() + b.bits() * b.weights() + c.bits() * c.weights()) / weights;
          if (bits <= budget + 1e-9) {
            least = Math.min(least, a.score(by) + b.score(by) + c.score(by));
          }
        }
      }
    }
    return least;
  }

  @Test
  void mixedPrecision_underTime_asksTheOracle() {
    Tensor target = Tensor.noGrad(() -> model.forward(x).argmax(-1));
    var loss = new CrossEntropyLoss();
    List<Quantizer> choices =
        List.of(
            Quantizer.of(BlockFormat.MXFP4, ScaleRule.FLOOR),
            Quantizer.of(BlockFormat.MXFP8_E4M3, ScaleRule.FLOOR));
    Sensitivity s =
        Sensitivity.of(model, choices, List.of(x), (m, _) -> loss.forward(m.forward(x), target));
    CostOracle oracle =
        (rows, columns, outputs, weights, _) ->
            new CostOracle.Cost(rows * weights.grid().bits(), columns * outputs, 0);
    MixedPrecision best =
        MixedPrecision.underTime(
            s, Sensitivity.Estimate.NOISE, oracle, Optional.empty(), 10, 10 * (8 + 8 + 4));
    assertThat(best.spent()).isEqualTo(200);
    assertThat(best.layers().values().stream().filter(choices.get(1)::equals)).hasSize(2);
  }

  @Test
  void importanceRange_ofALayer_usesItsInputs() {
    Quantizer q = INT4.with(Range.IMPORTANCE);
    assertThat(error(Quantize.of((Module) model).weights(q).calibrate(x).apply()))
        .isLessThan(error(Quantize.of((Module) model).weights(INT4).apply()));
  }
}
