package maia.numerics;

import static maia.numerics.BlockFormat.MXFP4;
import static maia.numerics.BlockFormat.MXFP6_E2M3;
import static maia.numerics.BlockFormat.MXFP6_E3M2;
import static maia.numerics.BlockFormat.MXFP8_E4M3;
import static maia.numerics.BlockFormat.MXFP8_E5M2;
import static maia.numerics.BlockFormat.MXINT8;
import static maia.numerics.BlockFormat.NVFP4;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class BlockCodecTest {
  private static final Map<String, BlockFormat> FORMATS =
      Map.of(
          "mxfp8_e4m3", MXFP8_E4M3,
          "mxfp8_e5m2", MXFP8_E5M2,
          "mxfp6_e2m3", MXFP6_E2M3,
          "mxfp6_e3m2", MXFP6_E3M2,
          "mxfp4", MXFP4,
          "mxint8", MXINT8,
          "nvfp4", NVFP4);

  /// The published table agrees between two seeds within 0.1 dB; beyond 0.3 dB is a bug.
  private static final double DECIBEL_TOLERANCE = 0.3;

  private static final int SAMPLES = 1 << 18;
  private static final float[] GAUSS = gauss();
  private static final float[] LAPLACE = laplace();

  @ParameterizedTest
  @CsvSource({
    "mxfp8_e4m3, FLOOR, 30.6, 30.1",
    "mxfp8_e4m3, RCEIL, 31.5, 31.5",
    "mxfp8_e5m2, FLOOR, 25.3, 25.2",
    "mxint8, FLOOR, 41.7, 40.0",
    "mxfp6_e2m3, FLOOR, 30.9, 30.3",
    "mxfp6_e3m2, FLOOR, 25.3, 25.2",
    "mxfp4, FLOOR, 18.8, 18.0",
    "mxfp4, RCEIL, 18.8, 17.6",
    "mxfp4, EVEN, 19.0, 18.2",
    "nvfp4, FLOOR, 20.4, 20.7",
  })
  void quantize_gaussAndLaplace_reachThePublishedSignalToNoise(
      String name, ScaleRule rule, double gauss, double laplace) {
    BlockFormat format = FORMATS.get(name);
    assertThat(decibels(GAUSS, format, rule)).isCloseTo(gauss, within(DECIBEL_TOLERANCE));
    assertThat(decibels(LAPLACE, format, rule)).isCloseTo(laplace, within(DECIBEL_TOLERANCE));
  }

  private static double decibels(float[] x, BlockFormat format, ScaleRule rule) {
    HostArray array = HostArray.of(x, DType.F32, x.length / 256, 256);
    float[] y = BlockCodec.quantize(array, format, rule).toFloats();
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < x.length; i++) {
      double error = (double) y[i] - x[i];
      signal += (double) x[i] * x[i];
      noise += error * error;
    }
    return 10 * Math.log10(signal / noise);
  }

  private static float[] gauss() {
    float[] x = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      x[i] = Philox.normal(11, i);
    }
    return x;
  }

  private static float[] laplace() {
    float[] x = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      double u = Philox.uniform(12, i) - 0.5 + 0x1p-25;
      x[i] = (float) (-Math.signum(u) * Math.log(1 - 2 * Math.abs(u)) / Math.sqrt(2));
    }
    return x;
  }

  static Stream<Arguments> mx() {
    return Stream.of(MXFP8_E4M3, MXFP8_E5M2, MXFP6_E2M3, MXFP6_E3M2, MXFP4, MXINT8)
        .flatMap(f ->
            Stream.of(ScaleRule.FLOOR, ScaleRule.RCEIL, ScaleRule.EVEN, ScaleRule.CEIL)
                .map(rule -> Arguments.of(f, rule)));
  }

  @ParameterizedTest
  @MethodSource("mx")
  void quantize_randomMxBlocks_equalTheExactDefinition(BlockFormat format, ScaleRule rule) {
    SplittableRandom random = new SplittableRandom(rule.ordinal());
    Oracle oracle = new Oracle(format.element().format().orElse(FloatFormat.E2M1));
    for (int trial = 0; trial < 400; trial++) {
      float[] x = randomBlock(random, trial);
      float[] elements = new float[x.length];
      float[] scales = new float[1];
      BlockCodec.quantize(format, rule, x, 0, x.length, 1f, elements, 0, scales, 0);
      double scale = exactScale(format, rule, x);
      assertThat(scales[0]).as("scale of trial %d", trial).isEqualTo((float) scale);
      for (int i = 0; i < x.length; i++) {
        double expected = exactElement(format, oracle, x[i] / scale);
        assertThat((double) elements[i])
            .as("%s / %s", Float.toHexString(x[i]), Double.toHexString(scale))
            .isEqualTo(expected);
      }
    }
  }

  /// Exponents over the whole binary32 range, subnormals too; every fourth block has its largest
  /// value at an awkward significand.
  private static float[] randomBlock(SplittableRandom random, int trial) {
    float[] x = new float[1 + random.nextInt(32)];
    int exponent = random.nextInt(-149, 127);
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.scalb(random.nextFloat() * 2 - 1, exponent - random.nextInt(8));
    }
    double[] awkward = {1, 1.5, 1.75, 1.875, 1.9375, 1.96875, 1.984375, 1.9921875, 1.25};
    if (trial % 4 == 0) {
      float top = (float) Math.scalb(awkward[random.nextInt(awkward.length)], exponent);
      x[0] = trial % 8 == 0 ? top : Math.nextUp(top);
    }
    return x;
  }

  /// Searches all scales for the one the rule defines.
  private static double exactScale(BlockFormat format, ScaleRule rule, float[] x) {
    double amax = 0;
    for (float value : x) {
      amax = Math.max(amax, Math.abs((double) value));
    }
    double largest =
        format.element() == DType.I8
            ? 127 / 64.0
            : Conversion.decode(
                format.element().format().orElseThrow(),
                Conversion.maxFinite(format.element().format().orElseThrow()));
    double top = Double.MIN_NORMAL;
    while (top * 2 <= largest) {
      top *= 2;
    }
    int fraction = format.element().format().map(FloatFormat::fractionBits).orElse(6);
    for (int k = -127; k <= 127; k++) {
      double scale = Math.scalb(1.0, k);
      boolean fits =
          switch (rule) {
            case FLOOR -> amax < 2 * top * scale;
            case RCEIL -> amax <= largest * scale;
            case EVEN -> amax < (2 - Math.scalb(1.0, -fraction - 1)) * top * scale;
            case CEIL -> amax <= top * scale;
            case MSE -> throw new AssertionError("not found by a search of one number");
          };
      if (fits || k == 127) {
        return scale;
      }
    }
    throw new AssertionError();
  }

  private static double exactElement(BlockFormat format, Oracle oracle, double x) {
    if (format.element() == DType.I8) {
      return Math.clamp(Math.rint(x * 64), -127, 127) / 64 + 0.0;
    }
    int code = Math.min(oracle.nearest(Math.abs(x), false), oracle.finiteMagnitudes() - 1);
    return Math.copySign(oracle.value(code).doubleValue(), x);
  }

  @RepeatedTest(50)
  void quantize_randomNvBlocks_followTheStatedOrder(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    Oracle scaleOracle = new Oracle(FloatFormat.UE4M3);
    Oracle oracle = new Oracle(FloatFormat.E2M1);
    float[] x = new float[16];
    for (int i = 0; i < 16; i++) {
      x[i] = Math.scalb(random.nextFloat() * 2 - 1, random.nextInt(-12, 3));
    }
    float tensorScale = random.nextFloat() + 0.001f;
    float[] elements = new float[16];
    float[] scales = new float[1];
    BlockCodec.quantize(NVFP4, ScaleRule.FLOOR, x, 0, 16, tensorScale, elements, 0, scales, 0);
    float amax = 0;
    for (float value : x) {
      amax = Math.max(amax, Math.abs(value));
    }
    float unrounded = amax / 6 / tensorScale;
    int code = Math.clamp(scaleOracle.nearest(unrounded, false), 1, 126);
    float scale = scaleOracle.value(code).floatValue();
    assertThat(scales[0]).isEqualTo(scale);
    for (int i = 0; i < 16; i++) {
      float scaled = x[i] / (scale * tensorScale);
      int element = Math.min(oracle.nearest(Math.abs(scaled), false), 7);
      assertThat(elements[i]).isEqualTo(Math.copySign(oracle.value(element).floatValue(), scaled));
    }
  }

  @Test
  void quantize_nvScaleUnderflows_keepsTheSmallestScale() {
    float[] x = {0x1p-12f, 0x1p-7f};
    float[] scales = new float[1];
    float[] elements = new float[2];
    BlockCodec.quantize(NVFP4, ScaleRule.FLOOR, x, 0, 2, 16f, elements, 0, scales, 0);
    assertThat(scales[0]).isEqualTo(0x1p-9f);
    assertThat(elements).containsExactly(0f, 0f);
  }

  @Test
  void quantize_nanOrInfinityInABlock_givesScaleNaN() {
    for (BlockFormat format : List.of(MXFP4, MXINT8, MXFP8_E4M3, NVFP4)) {
      for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
        float[] x = new float[64];
        x[3] = bad;
        x[40] = 1;
        HostArray array = HostArray.of(x, DType.F32, 64);
        HostArray q = BlockCodec.quantize(array, format, ScaleRule.RCEIL);
        float[] y = q.toFloats();
        assertThat(y[0]).isNaN();
        assertThat(y[40]).isEqualTo(1f, within(0.01f));
      }
    }
  }

  @Test
  void quantize_nanInABlock_storesScaleCodeFf() {
    HostArray array = HostArray.of(new float[] {Float.NaN}, DType.F32, 1);
    HostArray q = BlockCodec.quantize(array, MXFP4, ScaleRule.FLOOR);
    assertThat(Packed.get(q.scales().orElseThrow().segment(), 8, 0)).isEqualTo(0xff);
  }

  @Test
  void quantize_allZeroBlock_storesScaleCode0() {
    for (BlockFormat format : List.of(MXFP4, MXINT8, NVFP4)) {
      HostArray q =
          BlockCodec.quantize(
              HostArray.zeros(DType.F32, 2, format.block()), format, ScaleRule.EVEN);
      assertThat(Packed.get(q.scales().orElseThrow().segment(), 8, 1)).isZero();
      assertThat(q.toFloats()).containsOnly(0f);
    }
  }

  @Test
  void quantize_shortLastBlock_scalesItAlone() {
    float[] x = new float[40];
    x[0] = 100;
    x[39] = 0.5f;
    HostArray array = HostArray.of(x, DType.F32, 1, 40);
    HostArray q = BlockCodec.quantize(array, MXFP8_E4M3, ScaleRule.RCEIL);
    assertThat(q.scales().orElseThrow().shape()).containsExactly(1, 2);
    assertThat(q.get(0, 39)).isEqualTo(0.5);
    assertThat(q.get(0, 0)).isEqualTo(100, within(4.0));
  }

  @Test
  void quantize_mxint8_neverUsesMinusTwo() {
    float[] x = {-1.999f, 1.999f, -1f};
    float[] elements = new float[3];
    float[] scales = new float[1];
    BlockCodec.quantize(MXINT8, ScaleRule.FLOOR, x, 0, 3, 1f, elements, 0, scales, 0);
    assertThat(elements).containsExactly(-127 / 64f, 127 / 64f, -1f);
  }

  @Test
  void dequantize_ofQuantized_isScaleTimesElement() {
    float[] x = {1, -2, 3, 5.9f};
    HostArray array = HostArray.of(x, DType.BF16, 4);
    HostArray y = BlockCodec.dequantize(BlockCodec.quantize(array, MXFP4, ScaleRule.FLOOR));
    assertThat(y.toFloats()).containsExactly(1, -2, 3, 6);
    assertThat(y.type()).isEqualTo(DType.F32);
  }

  @Test
  void quantize_ofDequantized_changesNothing() {
    for (BlockFormat format : List.of(MXFP8_E4M3, MXFP6_E3M2, MXFP4, MXINT8)) {
      HostArray first =
          BlockCodec.quantize(
              HostArray.of(GAUSS, DType.F32, GAUSS.length), format, ScaleRule.RCEIL);
      HostArray again = BlockCodec.quantize(BlockCodec.dequantize(first), format, ScaleRule.RCEIL);
      assertThat(again.toFloats()).isEqualTo(first.toFloats());
    }
  }

  @Test
  void tensorScale_nvfp4_fillsBothRanges() {
    assertThat(BlockCodec.tensorScale(2688f, NVFP4)).isEqualTo(1f);
    assertThat(BlockCodec.tensorScale(0f, NVFP4)).isEqualTo(1f);
    assertThat(BlockCodec.tensorScale(5f, MXFP4)).isEqualTo(1f);
  }

  @Test
  void tensorScale_notFinite_isRefused() {
    assertThatThrownBy(() -> BlockCodec.tensorScale(Float.NaN, NVFP4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("nvfp4: the largest magnitude must be finite and not negative, was NaN");
  }

  @Test
  void format_printsItsLabel() {
    assertThat(BlockFormat.MXFP4).hasToString("mxfp4");
  }
}
