package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maia.numerics.DType;
import maia.numerics.Philox;
import maia.quant.Quantizer.Sharing;
import org.junit.jupiter.api.Test;

class ObserverTest {
  private static final Grid INT8 = new Grid.Ints(8);
  private static final Grid INT4 = new Grid.Ints(4);

  private static float[] normal(long seed, int count) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = Philox.normal(seed, i);
    }
    return x;
  }

  private static Observation seen(Observer.Rule rule, Grid grid, float[]... batches) {
    Observer observer = Observer.of(rule, grid);
    for (float[] batch : batches) {
      observer.see(batch);
    }
    return observer.observation();
  }

  @Test
  void minMax_isTheLargestMagnitude() {
    Observation o = seen(Observer.MIN_MAX, INT8, new float[] {1, -5}, new float[] {2});
    assertThat(o.threshold()).isEqualTo(5);
    assertThat(o.low()).isEqualTo(-5);
    assertThat(o.high()).isEqualTo(2);
    assertThat(o.values()).isEqualTo(3);
    assertThat(o.histogram().total()).isEqualTo(3);
    assertThat(o.histogram().limit()).isEqualTo(8);
  }

  @Test
  void importance_ofAnInput_isThatOfTheWeightsThatReadIt() {
    int rows = 400;
    float[] x = normal(3, rows * 4);
    for (int i = 0; i < rows; i++) {
      x[4 * i + 3] *= 20;
    }
    Quantizer q = Quantizer.of(INT4, Sharing.TENSOR);
    double[] even = {1, 1, 1, 1};
    double[] deaf = {1, 1, 1, 1e-6};
    double all = threshold(q, Observer.IMPORTANCE, x, even);
    assertThat(all).isEqualTo(threshold(q, Observer.MSE, x, deaf));
    assertThat(threshold(q, Observer.IMPORTANCE, x, deaf)).isLessThan(all / 5);
  }

  private static double threshold(Quantizer q, Observer.Rule rule, float[] x, double[] importance) {
    return InputStore.calibrated(q, rule, x, importance, 25).observations().getFirst().threshold();
  }

  @Test
  void movingAverage_followsTheRecurrence() {
    Observer.Rule rule = new Observer.Rule.MovingAverage(0.25);
    Observation o = seen(rule, INT8, new float[] {4}, new float[] {8}, new float[] {-2});
    assertThat(o.threshold()).isEqualTo(5 + 0.25 * (2 - 5));
  }

  @Test
  void percentile_isTheQuantileToTheWidthOfABin() {
    float[] x = new float[1000];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i + 1) / 1000f;
    }
    Observation o = seen(new Observer.Rule.Percentile(0.9), INT8, x);
    assertThat(o.threshold()).isCloseTo(0.9, within(2.0 / Histogram.BINS));
    assertThat(o.clipped()).isCloseTo(0.1, within(0.002));
  }

  @Test
  void histogram_doesNotDependOnHowBatchesAreCut() {
    float[] x = normal(3, 3000);
    Observation whole = seen(Observer.MSE, INT4, x);
    Observation cut =
        seen(
            Observer.MSE,
            INT4,
            java.util.Arrays.copyOfRange(x, 0, 17),
            java.util.Arrays.copyOfRange(x, 17, 1500),
            java.util.Arrays.copyOfRange(x, 1500, 3000));
    assertThat(cut).isEqualTo(whole);
  }

  /// The step that minimises the squared error of 4-bit uniform quantisation of a normal
  /// distribution is 0.3352 for 16 levels without zero (Max 1960); with 15 levels the clip is near
  /// 2.6 deviations.
  @Test
  void mse_ofANormalDistribution_clipsWhereTheTextbookDoes() {
    Observation o = seen(Observer.MSE, INT4, normal(5, 40_000));
    assertThat(o.threshold()).isBetween(2.3, 2.9);
    assertThat(o.candidates()).hasSize(128);
    double least = java.util.Arrays.stream(o.scores()).min().orElseThrow();
    assertThat(least)
        .isEqualTo(o.scores()[java.util.Arrays.binarySearch(o.candidates(), o.threshold())]);
  }

  @Test
  void entropy_withOutliers_clipsThem() {
    float[] x = normal(6, 40_000);
    x[7] = 60;
    assertThat(seen(Observer.MIN_MAX, INT8, x).threshold()).isEqualTo(60);
    assertThat(seen(Observer.ENTROPY, INT8, x).threshold()).isBetween(2.0, 20.0);
    assertThat(seen(Observer.MSE, INT8, x).threshold()).isLessThan(60.0);
  }

  @Test
  void importance_weighsTheColumns() {
    float[] x = normal(7, 40_000);
    for (int i = 0; i < x.length; i += 2) {
      x[i] *= 8;
    }
    Observer loud = Observer.of(Observer.IMPORTANCE, INT4);
    loud.see(x, new double[] {1, 1e-6});
    Observer quiet = Observer.of(Observer.IMPORTANCE, INT4);
    quiet.see(x, new double[] {1e-6, 1});
    Observation o = quiet.observation();
    assertThat(o.threshold()).isLessThan(0.5 * loud.observation().threshold());
    assertThat(o.histogram().total()).isEqualTo(x.length);
    int beyond = 0;
    for (float value : x) {
      beyond += Math.abs(value) > o.threshold() ? 1 : 0;
    }
    assertThat(o.clipped()).isCloseTo(beyond / 40_000.0, within(0.003));
  }

  @Test
  void everyRule_onZeros_hasThresholdZero() {
    for (Observer.Rule rule : Observer.rules()) {
      assertThat(seen(rule, INT4, new float[8]).threshold()).as(rule.label()).isZero();
    }
  }

  @Test
  void scale_calibratedOnNothing_isRefused() {
    Quantizer q = Quantizer.of(new Grid.Floats(DType.FP8_E4M3), Sharing.TENSOR);
    assertThatThrownBy(() -> Observer.of(Observer.MIN_MAX, q.grid()).scaling(q))
        .hasMessage(
            "calibrate fp8_e4m3 per tensor: no values were seen; calibrate on data that reach the layer");
  }

  @Test
  void entropyRange_ofAQuantizer_isTheObservers() {
    float[] x = normal(8, 4096);
    x[0] = 40;
    Quantizer q = Quantizer.of(INT8, Sharing.TENSOR).with(Quantizer.Range.ENTROPY);
    assertThat(q.quantize(x, 64, 64).scales()[0])
        .isEqualTo((float) seen(Observer.ENTROPY, INT8, x).threshold() / 127);
  }
}
