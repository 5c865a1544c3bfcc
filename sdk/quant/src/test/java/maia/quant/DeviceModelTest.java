package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DeviceModelTest {
  private static float[] random(SplittableRandom random, int count, int spread) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) Math.scalb(random.nextDouble() * 2 - 1, random.nextInt(-spread, spread + 1));
    }
    return x;
  }

  private static BigDecimal exact(float[] x, float[] w, int from, int to) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = from; i < to; i++) {
      sum = sum.add(new BigDecimal(x[i]).multiply(new BigDecimal(w[i])));
    }
    return sum;
  }

  @Test
  void exact_isTheDecimalSumRoundedOnce() {
    SplittableRandom random = new SplittableRandom(1);
    for (int trial = 0; trial < 300; trial++) {
      int spread = trial % 3 == 0 ? 70 : 12;
      float[] x = random(random, 40, spread);
      float[] w = random(random, 40, spread);
      float got = DeviceModel.maia().with(Accumulator.EXACT).dot(x, 0, w, 0, 40);
      assertThat(got).isEqualTo(exact(x, w, 0, 40).floatValue());
    }
  }

  @Test
  void groups_areExactWithin_andBinary32Between() {
    SplittableRandom random = new SplittableRandom(2);
    float[] x = random(random, 70, 12);
    float[] w = random(random, 70, 12);
    float sum = 0;
    for (int from = 0; from < 70; from += 32) {
      sum += exact(x, w, from, Math.min(70, from + 32)).floatValue();
    }
    assertThat(DeviceModel.maia().with(Accumulator.groups(32)).dot(x, 0, w, 0, 70)).isEqualTo(sum);
  }

  @Test
  void exact_cancellation_leavesTheSmallRest() {
    float[] x = {1e30f, 1e-30f, -1e30f};
    float[] ones = {1, 1, 1};
    assertThat(DeviceModel.maia().with(Accumulator.EXACT).dot(x, 0, ones, 0, 3)).isEqualTo(1e-30f);
    assertThat(DeviceModel.maia().dot(x, 0, ones, 0, 3)).isZero();
  }

  @Test
  void narrowSum_inBf16_stallsAt256() {
    float[] ones = new float[300];
    java.util.Arrays.fill(ones, 1);
    DeviceModel narrow = DeviceModel.maia().with(new Accumulator.Narrow(DType.BF16));
    assertThat(narrow.dot(ones, 0, ones, 0, 300)).isEqualTo(256);
    assertThat(DeviceModel.maia().dot(ones, 0, ones, 0, 300)).isEqualTo(300);
  }

  @Test
  void sequential_givesTheBitsOfTheHost() {
    float[] x =
        Quantizer.of(BlockFormat.MXFP8_E4M3, ScaleRule.FLOOR)
            .fake(Tensor.randn(DType.F32, 3, 6 * 64).toArray(), 6, 64);
    float[] w =
        Quantizer.of(BlockFormat.MXFP4, ScaleRule.FLOOR)
            .fake(Tensor.randn(DType.F32, 4, 5 * 64).toArray(), 5, 64);
    float[] host = Tensor.of(x, 6, 64).linear(Tensor.of(w, 5, 64)).toArray();
    assertThat(DeviceModel.maia().linear(x, w, new float[0], 6, 5, 64)).isEqualTo(host);
  }

  @Test
  void mxfp4BlocksOf32_areExactInBinary32() {
    float[] x =
        Quantizer.of(BlockFormat.MXFP4, ScaleRule.FLOOR)
            .fake(Tensor.randn(DType.F32, 5, 32).toArray(), 1, 32);
    float[] w =
        Quantizer.of(BlockFormat.MXFP4, ScaleRule.FLOOR)
            .fake(Tensor.randn(DType.F32, 6, 32).toArray(), 1, 32);
    assertThat(DeviceModel.maia().dot(x, 0, w, 0, 32))
        .isEqualTo(DeviceModel.maia().with(Accumulator.EXACT).dot(x, 0, w, 0, 32));
  }

  @Test
  void trace_showsEverySum() {
    String text =
        DeviceModel.maia().with(DType.BF16).trace(new float[] {1, 2}, new float[] {0.5f, 3}, 0.01f);
    assertThat(text)
        .isEqualTo(
            """
            exact products, fp32 sequential, result bf16
               0. 1.0 * 0.5 = 0.5, sum 0.5
               1. 2.0 * 3.0 = 6.0, sum 6.5
            plus bias 0.01, as bf16: 6.5
            """);
  }
}
