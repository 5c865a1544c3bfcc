package maia.quant;

import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.ReLU;
import maia.tensor.nn.Sequential;
import org.junit.jupiter.api.Test;

class QuantizeTest {
  private final Linear first = new Linear(64, 32, 1);
  private final Linear second = new Linear(32, 8, 2);
  private final Sequential model = Sequential.of(first, new ReLU(), second);
  private final Tensor x = Tensor.randn(DType.F32, 7, 5, 64);

  @Test
  void bf16_forward_isTheProductOfRoundedValuesPlusBias() {
    Tensor y = Quantize.of(Sequential.of(first)).with(Scheme.BF16).apply().forward(x);
    Tensor expected =
        x.to(DType.BF16)
            .to(DType.F32)
            .linear(first.weight().to(DType.BF16).to(DType.F32))
            .add(first.bias());
    assertThat(y.toArray()).isEqualTo(expected.toArray());
  }

  @Test
  void mxfp4_forward_isTheProductOfBlockValuesPlusBias() {
    Tensor y = Quantize.of(Sequential.of(first)).with(Scheme.MXFP4).apply().forward(x);
    Tensor read = x.quantize(BlockFormat.MXFP4, ScaleRule.FLOOR).dequantize();
    Tensor stored =
        first.weight().detach().quantize(BlockFormat.MXFP4, ScaleRule.FLOOR).dequantize();
    assertThat(y.toArray()).isEqualTo(read.linear(stored).add(first.bias()).toArray());
  }

  @Test
  void fp8_largestCalibratedInput_becomesTheLargestCode() {
    QuantLinear layer = QuantLinear.of(first, Scheme.FP8_E4M3, 3f);
    Tensor codes = layer.quantizeInput(Tensor.of(new float[] {3f, -3f, 30f, 0f}, 1, 4));
    assertThat(codes.type()).isEqualTo(DType.FP8_E4M3);
    assertThat(codes.toArray()).containsExactly(448f, -448f, 448f, 0f);
  }

  @Test
  void lowerPrecision_staysNearTheOriginal_andErrorGrows() {
    Tensor exact = model.forward(x);
    double bf16 = error(Scheme.BF16, exact);
    double fp8 = error(Scheme.FP8_E4M3, exact);
    double mxfp4 = error(Scheme.MXFP4, exact);
    assertThat(bf16).isPositive().isLessThan(fp8);
    assertThat(fp8).isLessThan(mxfp4);
    assertThat(mxfp4).isLessThan(0.5 * exact.abs().amax().item());
  }

  private double error(Scheme scheme, Tensor exact) {
    Tensor y = Quantize.of(model).with(scheme).calibrate(x).apply().forward(x);
    return y.sub(exact).abs().amax().item();
  }

  @Test
  void model_isUnchanged() {
    float[] before = first.weight().toArray();
    Quantize.of(model).with(Scheme.MXFP4).apply();
    assertThat(first.weight().toArray()).isEqualTo(before);
  }

  @Test
  void perTensorWithoutData_saysWhatToCall() {
    assertThatThrownBy(() -> Quantize.of(model).with(Scheme.FP8_E4M3).apply())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "quantise fp8_e4m3 per tensor: activations need a calibrated scale; call calibrate(inputs)");
  }

  @Test
  void noScheme_saysWhatToCall() {
    assertThatThrownBy(() -> Quantize.of(model).apply())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("quantise: no scheme was chosen; call with(Scheme...), or weights(...)");
  }

  @Test
  void mistakes_areNamed() {
    Quantizer int4 = Quantizer.of(new Grid.Ints(4), Quantizer.Sharing.ROWS);
    maia.tensor.nn.Module module = model;
    refused(
        () -> Quantize.of(model).activations(int4).apply(),
        "quantise: activations and methods go with weights; call weights(...)");
    refused(
        () -> Quantize.of(module).weights(int4).calibrate(Tensor.zeros(F32, 0, 8)).apply(),
        "calibrate: needs at least one value, got inputs of [0, 8]");
    refused(
        () -> Quantize.of(Quantize.of(model).with(Scheme.BF16).apply()).with(Scheme.MXFP4).apply(),
        "quantise mxfp4: the chain has no linear layers; it is quantised already, quantise the original");
    maia.tensor.nn.Module stored = Quantize.of(module).weights(int4).apply();
    refused(
        () -> Quantize.of(stored).weights(int4).apply(),
        "quantise int4 per row: QuantizedModel has no linear layers; it is quantised already, quantise the original");
    maia.tensor.nn.Module broken = filled(Float.NaN);
    refused(
        () -> Quantize.of(broken).weights(int4).apply(),
        "quantise by round to nearest: weights must be finite, row 0 column 0 is NaN; train again or clamp them");
    refused(
        () -> new Grid.Floats(maia.numerics.DType.I8),
        "grid: a floating-point format of at most 16 bits, was i8; integers are Grid.Ints");
    refused(
        () -> new Hadamard(128).rotate(new float[64], 1, 64),
        "hadamard: rows of 64 do not divide into blocks of 128 (64 values, 1 rows); the widest block is 64");
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String text) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(text);
  }

  @Test
  void nvfp4_isAScheme_withTheValuesOfItsQuantizer() {
    Tensor inputs = Tensor.randn(F32, 3, 5, 64);
    Linear layer = new Linear(64, 16, 2);
    Quantizer nv = Quantizer.of(BlockFormat.NVFP4, ScaleRule.FLOOR);
    float[] byScheme =
        Quantize.of((maia.tensor.nn.Module) layer)
            .with(Scheme.NVFP4)
            .apply()
            .forward(inputs)
            .toArray();
    float[] byQuantizer =
        Quantize.of((maia.tensor.nn.Module) layer)
            .weights(nv)
            .activations(nv)
            .apply()
            .forward(inputs)
            .toArray();
    assertThat(byScheme).isEqualTo(byQuantizer);
  }

  private static Linear filled(float weight) {
    Linear layer = new Linear(8, 4, 1);
    layer.loadStateDict(Map.of("weight", Tensor.full(weight, F32, 4, 8), "bias", Tensor.ones(4)));
    return layer;
  }

  @Test
  void fp8_allZeroWeights_leaveTheBias() {
    QuantLinear layer = QuantLinear.of(filled(0), Scheme.FP8_E4M3, 1f);
    assertThat(layer.weight().toArray()).containsOnly(0f);
    assertThat(layer.forward(Tensor.ones(1, 8)).toArray()).containsOnly(1f);
  }

  @Test
  void fp8_magnitudesBelowTheNormalNumbers_giveFiniteScales() {
    QuantLinear layer = QuantLinear.of(filled(1e-42f), Scheme.FP8_E4M3, 1e-42f);
    assertThat(layer.quantizeInput(Tensor.of(new float[] {1f, 0f}, 1, 2)).toArray())
        .containsExactly(448f, 0f);
    assertThat(layer.forward(Tensor.ones(1, 8)).toArray()).containsOnly(1f);
  }

  @Test
  void fp8_infiniteWeights_areRefused() {
    Linear layer = new Linear(1, 1, 1);
    Tensor infinite = Tensor.of(new float[] {Float.POSITIVE_INFINITY}, 1, 1);
    layer.loadStateDict(Map.of("weight", infinite, "bias", Tensor.ones(1)));
    assertThatThrownBy(() -> QuantLinear.of(layer, Scheme.FP8_E4M3, 1f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "quantise fp8_e4m3 per tensor: weights must be finite, the largest magnitude was Infinity; train again or"
                + " clamp them");
  }

  @Test
  void inputsThatAreAllZero_areRefused() {
    assertThatThrownBy(() -> QuantLinear.of(first, Scheme.FP8_E4M3, 0f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "quantise fp8_e4m3 per tensor: the calibrated input magnitude must be positive and finite, was 0.0;"
                + " calibrate on real data");
  }

  @Test
  void chainWithinAChain_isQuantisedToo() {
    Sequential nested = Sequential.of(Sequential.of(first, new ReLU()), second);
    Quantize<Sequential> flat = Quantize.of(model).with(Scheme.FP8_E4M3).calibrate(x);
    Quantize<Sequential> deep = Quantize.of(nested).with(Scheme.FP8_E4M3).calibrate(x);
    assertThat(deep.apply().forward(x).toArray()).isEqualTo(flat.apply().forward(x).toArray());
  }

  /// A part of a kind that [Quantize] does not know.
  private static final class Residual extends Module {
    private final Linear inner = child("inner", new Linear(64, 64, 3));

    @Override
    public Tensor forward(Tensor x) {
      return x.add(inner.forward(x));
    }
  }

  @Test
  void linearLayerInAnUnknownPart_isRefusedByName() {
    Quantize<Sequential> quantize =
        Quantize.of(Sequential.of(new Residual(), first)).with(Scheme.BF16);
    assertThatThrownBy(quantize::apply)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "quantise bf16: linear layers inside Residual cannot be replaced in a chain; pass the chain as a Module");
  }

  @Test
  void schemes_printTheirLabel() {
    assertThat(List.of(Scheme.BF16, Scheme.FP8_E4M3, Scheme.MXFP4))
        .hasToString("[bf16, fp8_e4m3 per tensor, mxfp4]");
    assertThat(new Scheme.Block(BlockFormat.MXFP4, ScaleRule.RCEIL)).hasToString("mxfp4 by RCEIL");
  }
}
