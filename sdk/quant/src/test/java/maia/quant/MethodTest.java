package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.ReLU;
import maia.tensor.nn.Sequential;
import org.junit.jupiter.api.Test;

class MethodTest {
  private static final Quantizer INT4 = Quantizer.of(new Grid.Ints(4), Sharing.ROWS);

  private final Sequential model =
      Sequential.of(new Linear(64, 48, 1), new ReLU(), new Linear(48, 8, 2));

  /// Inputs with three loud channels.
  private final Tensor x = loud();

  private static Tensor loud() {
    float[] values = Tensor.randn(DType.F32, 7, 256, 64).toArray();
    for (int i = 0; i < values.length; i++) {
      int channel = i % 64;
      values[i] *= channel == 3 || channel == 17 || channel == 40 ? 30 : 1;
    }
    return Tensor.of(values, 256, 64);
  }

  private double error(Quantize<?> quantize) {
    Tensor exact = Tensor.noGrad(() -> model.forward(x));
    Tensor y = Tensor.noGrad(() -> quantize.apply().forward(x));
    return y.sub(exact).pow(2).mean().item() / exact.pow(2).mean().item();
  }

  @Test
  void weightsOnly_equalTheProductWithTheirValues() {
    Linear layer = (Linear) model.parts().getFirst();
    Sequential quantised = Quantize.of(Sequential.of(layer)).weights(INT4).apply();
    Tensor values = Tensor.of(INT4.fake(layer.weight().toArray(), 48, 64), 48, 64);
    assertThat(quantised.forward(x).toArray())
        .isEqualTo(x.linear(values).add(layer.bias().detach()).toArray());
  }

  @Test
  void mxfp4_equalsTheSchemeThatTheDeviceRuns() {
    Quantizer mxfp4 = Quantizer.of(BlockFormat.MXFP4, ScaleRule.FLOOR);
    Sequential stored = Quantize.of(model).weights(mxfp4).activations(mxfp4).apply();
    Sequential real = Quantize.of(model).with(Scheme.MXFP4).apply();
    assertThat(stored.forward(x).toArray()).isEqualTo(real.forward(x).toArray());
  }

  @Test
  void preparations_withoutRounding_leaveTheResult() {
    Quantizer fine = Quantizer.of(new Grid.Floats(DType.F16), Sharing.ROWS);
    for (Method method : List.of(Method.SMOOTH, Method.AWQ, Method.ROTATE)) {
      double change = error(Quantize.of(model).weights(fine).calibrate(x).with(method));
      assertThat(change).as(method.label()).isLessThan(1e-6);
    }
  }

  @Test
  void preparation_ofWeightsAndInputs_keepsProductsToFloatRounding() {
    float[] factors = new float[64];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = 0.1f + i * 0.37f;
    }
    var preparation = new Preparation(factors, java.util.Optional.of(Hadamard.widest(64)));
    Tensor w = ((Linear) model.parts().getFirst()).weight().detach();
    Tensor turned =
        Tensor.of(preparation.inputs(x.toArray(), 256, 64), 256, 64)
            .linear(Tensor.of(preparation.weights(w.toArray(), 48, 64), 48, 64));
    Tensor plain = x.linear(w);
    double scale = plain.abs().amax().item();
    assertThat(turned.sub(plain).abs().amax().item()).isCloseTo(0f, within((float) (1e-5 * scale)));
  }

  @Test
  void loudChannels_ruinInt4Activations_andSmoothingOrRotationMendThem() {
    Quantizer tokens = Quantizer.of(new Grid.Ints(8), Sharing.TENSOR);
    Quantize<Sequential> plain =
        Quantize.of(model).weights(Quantizer.of(new Grid.Ints(8), Sharing.ROWS));
    double nearest = error(plain.activations(tokens).calibrate(x));
    double smooth = error(plain.activations(tokens).calibrate(x).with(Method.SMOOTH));
    double rotated = error(plain.activations(tokens).calibrate(x).with(Method.ROTATE));
    assertThat(smooth).isLessThan(0.5 * nearest);
    assertThat(rotated).isLessThan(0.5 * nearest);
  }

  @Test
  void loudChannels_gptqAndAwqBeatRoundToNearest() {
    Quantize<Sequential> plain = Quantize.of(model).weights(INT4).calibrate(x);
    double nearest = error(plain);
    assertThat(error(plain.with(Method.GPTQ))).isLessThan(0.6 * nearest);
    assertThat(error(plain.with(Method.AWQ))).isLessThan(0.9 * nearest);
  }

  @Test
  void smoothingAfterRotation_isRefused() {
    Quantize<Sequential> wrong =
        Quantize.of(model).weights(INT4).calibrate(x).with(Method.ROTATE).with(Method.SMOOTH);
    assertThatThrownBy(wrong::apply)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "quantise: inputs are smoothed before they are rotated; name the rotation last");
  }

  @Test
  void gptqWithoutData_saysWhatToCall() {
    Quantize<Sequential> wrong = Quantize.of(model).weights(INT4).with(Method.GPTQ);
    assertThatThrownBy(wrong::apply)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("quantise by GPTQ: needs to see inputs; call calibrate(inputs)");
  }

  @Test
  void schemeAndQuantizer_together_areRefused() {
    Quantize<Sequential> wrong = Quantize.of(model).with(Scheme.MXFP4).weights(INT4);
    assertThatThrownBy(wrong::apply)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "quantise: a scheme already says how weights and activations are stored; use either"
                + " with(Scheme) or weights(...), activations(...) and with(Method)");
  }

  @Test
  void outcome_ofTheSameLogits_isNoDifference() {
    Tensor logits = Tensor.randn(DType.F32, 3, 20, 5);
    Outcome same = Outcome.of(logits, logits, logits.argmax(1));
    assertThat(same.difference()).isZero();
    assertThat(same.standardError()).isZero();
    assertThat(same.divergence()).isZero();
    assertThat(same.agreement()).isEqualTo(1);
    assertThat(same.accuracy()).isEqualTo(1);
  }

  @Test
  void outcome_ofKnownProbabilities_isTheArithmetic() {
    Tensor before = Tensor.of(new float[] {0, 0, 0, 0}, 2, 2);
    Tensor after = Tensor.of(new float[] {(float) Math.log(3), 0, 0, 0}, 2, 2);
    Outcome outcome = Outcome.of(before, after, Tensor.of(1, 1));
    assertThat(outcome.loss()).isCloseTo((Math.log(4) + Math.log(2)) / 2, within(1e-7));
    assertThat(outcome.difference()).isCloseTo(Math.log(2) / 2, within(1e-7));
    assertThat(outcome.standardError()).isCloseTo(Math.log(2) / 2, within(1e-7));
    assertThat(outcome.divergence())
        .isCloseTo((0.5 * Math.log(2.0 / 3) + 0.5 * Math.log(2)) / 2, within(1e-7));
    assertThat(outcome.accuracy()).isZero();
  }
}
