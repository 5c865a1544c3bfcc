package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.Sequential;
import org.junit.jupiter.api.Test;

/// What studies refuse by name, and what they do not mistake.
class RefusalTest {
  private static final Quantizer INT4 = Quantizer.of(new Grid.Ints(4), Sharing.ROWS);

  private static Sensitivity.Row row(String layer, long weights, double score) {
    return new Sensitivity.Row(layer, INT4, weights, 8, score, score, score);
  }

  @Test
  void outcome_ofAClassThatIsNotThere_isRefused() {
    Tensor logits = Tensor.randn(DType.F32, 1, 3, 4);
    assertThatThrownBy(() -> Outcome.of(logits, logits, Tensor.ofLongs(0, 4, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("outcome: the true class of sample 1 must be 0 to 3, was 4");
  }

  @Test
  void outcome_withMaskedClasses_divergesFinitely() {
    float masked = Float.NEGATIVE_INFINITY;
    Tensor before = Tensor.of(new float[][] {{0, 1, masked}, {2, masked, 0}});
    Tensor after = Tensor.of(new float[][] {{0.5f, 1, masked}, {2, masked, 0.5f}});
    Outcome outcome = Outcome.of(before, after, Tensor.ofLongs(1, 0));
    assertThat(outcome.divergence()).isBetween(0.01, 0.1);
    assertThat(outcome.agreement()).isEqualTo(1);
  }

  @Test
  void sensitivity_ofNothing_isRefused() {
    assertThatThrownBy(() -> new Sensitivity(List.of()))
        .hasMessage("sensitivity: needs at least one layer and choice, got none");
  }

  @Test
  void sensitivity_ofALayerWithTwoSizes_isRefused() {
    assertThatThrownBy(() -> new Sensitivity(List.of(row("a", 64, 1), row("a", 72, 1))))
        .hasMessage(
            "sensitivity: layer 'a' has 64 weights in 8 columns in one row and 72 in 8 in another");
  }

  @Test
  void mixedPrecision_ofNoNumber_isRefused() {
    Sensitivity s = new Sensitivity(List.of(row("a", 64, 1), row("b", 64, Double.NaN)));
    assertThatThrownBy(() -> MixedPrecision.underBits(s, Sensitivity.Estimate.MEASURED, 32))
        .hasMessageStartingWith(
            "mixed precision: layer 'b' as int4 per row has score NaN and cost ");
  }

  @Test
  void calibration_onWhatIsNotFinite_namesTheLayer() {
    Tensor bad = Tensor.full(Double.NaN, DType.F32, 2, 4);
    String message =
        "calibrate: what reaches Linear(in=4, out=4) must be finite, but holds NaN or infinity; look at the data, and at the layers before";
    assertThatThrownBy(() ->
            Quantize.of((Module) new Linear(4, 4, 1))
                .weights(BlockFormat.MXFP4)
                .calibrate(bad)
                .with(Gptq.defaults())
                .apply())
        .hasMessage(message);
    assertThatThrownBy(() ->
            Quantize.of(Sequential.of(new Linear(4, 4, 1)))
                .with(Scheme.FP8_E4M3)
                .calibrate(bad)
                .apply())
        .hasMessage(message);
  }
}
