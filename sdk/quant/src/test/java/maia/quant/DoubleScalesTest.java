package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import maia.numerics.DType;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Tensor;
import maia.tensor.nn.Module;
import org.junit.jupiter.api.Test;

/// Scales stored with scales of their own, as in QLoRA.
class DoubleScalesTest {
  private static final Quantizer NF4 = Quantizer.of(Grid.NF4, Sharing.groups(64));

  /// The published figure: 8 bits for 64 values and 32 for 256 such groups. The numbers of
  /// arXiv:2305.14314, appendix E, each of them a binary32.
  @Test
  void nf4_isThePublishedTableBitForBit() {
    double[] published = {
      -1.0,
      -0.6961928009986877,
      -0.5250730514526367,
      -0.39491748809814453,
      -0.28444138169288635,
      -0.18477343022823334,
      -0.09105003625154495,
      0.0,
      0.07958029955625534,
      0.16093020141124725,
      0.24611230194568634,
      0.33791524171829224,
      0.44070982933044434,
      0.5626170039176941,
      0.7229568362236023,
      1.0
    };
    for (int code = 0; code < published.length; code++) {
      assertThat((double) Grid.NF4.value(code)).isEqualTo(published[code]);
    }
  }

  @Test
  void bitsPerValue_areThoseOfThePaper() {
    Quantizer doubled = NF4.with(Scale.DOUBLED);
    assertThat(NF4.bitsPerValue(1024, 1024)).isEqualTo(4.5);
    assertThat(doubled.bitsPerValue(4096, 4096)).isCloseTo(4.127, within(5e-4));
    assertThat(doubled.label()).isEqualTo("nf4 g64 double fp8_e4m3 g256");
  }

  /// Each scale by decimal arithmetic: the mean, the differences, the nearest of 255 steps.
  @Test
  void integerScales_equalDecimalArithmetic() {
    float[] firsts = new float[70];
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < firsts.length; i++) {
      firsts[i] = 1 + (i * 37 % 64) / 64f;
      sum = sum.add(new BigDecimal(firsts[i]));
    }
    Scale.Doubled kind = new Scale.Doubled(new Grid.Ints(8), 32);
    DoubleScales stored = DoubleScales.of(firsts, kind);
    BigDecimal mean = sum.divide(new BigDecimal(firsts.length), new MathContext(40));
    assertThat(stored.offset()).isEqualTo(mean.floatValue());
    BigDecimal offset = new BigDecimal(stored.offset());
    float[] values = stored.values(kind);
    for (int g = 0; g < 3; g++) {
      BigDecimal most = BigDecimal.ZERO;
      for (int i = 32 * g; i < Math.min(70, 32 * g + 32); i++) {
        most = most.max(new BigDecimal(firsts[i]).subtract(offset).abs());
      }
      double step = most.doubleValue() / 127;
      assertThat((double) stored.scales()[g]).isCloseTo(step, within(step * 0x1p-22));
      for (int i = 32 * g; i < Math.min(70, 32 * g + 32); i++) {
        assertThat((double) values[i]).isCloseTo(firsts[i], within(step * 0.5001));
      }
    }
  }

  @Test
  void nf4_doubled_costsLittleAndReadsBackUnderTheStoredScales() {
    float[] w = Tensor.randn(DType.F32, 3, 64, 512).toArray();
    double plain = NF4.quantize(w, 64, 512).distortion(w).decibels();
    for (Grid grid : new Grid[] {new Grid.Floats(DType.FP8_E4M3), new Grid.Ints(8)}) {
      Quantizer q = NF4.with(new Scale.Doubled(grid, 256));
      Quantized stored = q.quantize(w, 64, 512);
      assertThat(stored.distortion(w).decibels()).isCloseTo(plain, within(0.1));
      float[] scales = stored.scales();
      int[] codes = stored.codes();
      float[] expected = new float[w.length];
      for (int i = 0; i < w.length; i++) {
        expected[i] = Grid.NF4.value(codes[i]) * scales[i / 64];
      }
      assertThat(stored.values()).isEqualTo(expected);
      assertThat(q.fake(w, 64, 512)).isEqualTo(expected);
    }
  }

  @Test
  void zeroBlocksAndZeroMatrices_stayZero() {
    float[] w = new float[256];
    Quantizer q = NF4.with(Scale.DOUBLED);
    assertThat(q.fake(w, 4, 64)).containsOnly(0f);
    Arrays.fill(w, 64, 128, 3f);
    float[] back = q.fake(w, 4, 64);
    assertThat(Arrays.copyOfRange(back, 0, 64)).containsOnly(0f);
    assertThat(back[64]).isCloseTo(3, within(0.1f));
    assertThat(q.quantize(new float[0], 0, 64).values()).isEmpty();
  }

  @Test
  void whatCannotBeDoubled_isRefused() {
    Tensor x = Tensor.randn(DType.F32, 5, 10, 32);
    Quantizer q = Quantizer.of(new Grid.Ints(4), Sharing.groups(16)).with(Scale.DOUBLED);
    assertThatThrownBy(() ->
            Quantize.of((Module) new Residual(1))
                .weights(q)
                .with(Gptq.defaults())
                .calibrate(x)
                .apply())
        .hasMessage(
            "gptq: doubled scales are found together, before the first column is rounded; use Groups.STATIC");
    Gptq fixed = new Gptq(0.01, Gptq.Order.GIVEN, Gptq.Groups.STATIC);
    assertThat(
            Quantize.of((Module) new Residual(1))
                .weights(q)
                .with(fixed)
                .calibrate(x)
                .apply()
                .layers())
        .hasSize(3);
    assertThatThrownBy(() ->
            Quantize.of((Module) new Residual(1))
                .weights(q)
                .activations(q.with(Sharing.TENSOR), Observer.MIN_MAX)
                .calibrate(x)
                .apply())
        .hasMessage(
            "calibrate int4 per tensor double fp8_e4m3 g256: scales that are stored with scales of their own are for weights; use a symmetric scale");
    assertThatThrownBy(() -> new Scale.Doubled(new Grid.Floats(DType.F16), 256))
        .hasMessage(
            "scale: doubled scales are floating-point or integers of at most 8 bits in groups above 0, was f16 in groups of 256");
  }
}
