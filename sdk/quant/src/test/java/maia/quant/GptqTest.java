package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.util.SplittableRandom;
import maia.numerics.BlockFormat;
import maia.numerics.Philox;
import maia.numerics.ScaleRule;
import maia.quant.Gptq.Groups;
import maia.quant.Gptq.Order;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class GptqTest {
  /// Powers of two as scales, so that the exact reference divides without rounding.
  private static final Quantizer INT3 =
      new Quantizer(
          new Grid.Ints(3),
          Sharing.ROWS,
          new Scale.PowerOfTwo(ScaleRule.RCEIL),
          Quantizer.Range.MIN_MAX);

  /// A fraction of integers.
  private record Exact(BigInteger over, BigInteger under) {
    static Exact of(double value) {
      var decimal = new java.math.BigDecimal(value);
      BigInteger ten = BigInteger.TEN.pow(Math.max(0, decimal.scale()));
      return new Exact(decimal.multiply(new java.math.BigDecimal(ten)).toBigIntegerExact(), ten)
          .reduced();
    }

    private Exact reduced() {
      BigInteger g = over.gcd(under).max(BigInteger.ONE);
      BigInteger sign = BigInteger.valueOf(under.signum());
      return new Exact(over.divide(g).multiply(sign), under.divide(g).multiply(sign));
    }

    Exact minus(Exact o) {
      return new Exact(
              over.multiply(o.under).subtract(o.over.multiply(under)), under.multiply(o.under))
          .reduced();
    }

    Exact times(Exact o) {
      return new Exact(over.multiply(o.over), under.multiply(o.under)).reduced();
    }

    Exact over(Exact o) {
      return new Exact(over.multiply(o.under), under.multiply(o.over)).reduced();
    }

    double value() {
      return new java.math.BigDecimal(over)
          .divide(new java.math.BigDecimal(under), java.math.MathContext.DECIMAL128)
          .doubleValue();
    }
  }

  /// Optimal brain quantisation by its definition: before every column the moments of the open
  /// columns are inverted anew, in fractions.
  private static int[] reference(float[] weights, int rows, int n, double[] h, Scaling[] scalings) {
    int[] codes = new int[weights.length];
    for (int r = 0; r < rows; r++) {
      Exact[] w = new Exact[n];
      for (int i = 0; i < n; i++) {
        w[i] = Exact.of(weights[r * n + i]);
      }
      for (int j = 0; j < n; j++) {
        Exact[][] inverse = inverse(h, n, j);
        float value = (float) w[j].value();
        codes[r * n + j] = scalings[r].code(INT3.grid(), value);
        Exact stored = Exact.of(scalings[r].value(INT3.grid(), codes[r * n + j]));
        Exact error = w[j].minus(stored).over(inverse[0][0]);
        for (int i = j + 1; i < n; i++) {
          w[i] = w[i].minus(error.times(inverse[0][i - j]));
        }
      }
    }
    return codes;
  }

  /// The inverse of the moments of columns `first` and after, by Gauss and Jordan.
  private static Exact[][] inverse(double[] h, int n, int first) {
    int m = n - first;
    Exact[][] a = new Exact[m][2 * m];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        a[i][j] = Exact.of(h[(first + i) * n + first + j]);
        a[i][m + j] = Exact.of(i == j ? 1 : 0);
      }
    }
    for (int p = 0; p < m; p++) {
      Exact pivot = a[p][p];
      for (int j = 0; j < 2 * m; j++) {
        a[p][j] = a[p][j].over(pivot);
      }
      for (int i = 0; i < m; i++) {
        Exact factor = a[i][p];
        for (int j = 0; i != p && j < 2 * m; j++) {
          a[i][j] = a[i][j].minus(factor.times(a[p][j]));
        }
      }
    }
    Exact[][] inverse = new Exact[m][m];
    for (int i = 0; i < m; i++) {
      System.arraycopy(a[i], m, inverse[i], 0, m);
    }
    return inverse;
  }

  /// Small integers: products and sums of moments are exact.
  private static float[] integers(SplittableRandom random, int count, int most) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = random.nextInt(-most, most + 1);
    }
    return x;
  }

  @RepeatedTest(20)
  void smallProblem_equalsExactArithmetic(RepetitionInfo repetition) {
    var random = new SplittableRandom(repetition.getCurrentRepetition());
    int rows = 3;
    int n = 5;
    float[] x = integers(random, 16 * n, 4);
    float[] weights = integers(random, rows * n, 1000);
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= 512;
    }
    double[] moments = Gptq.moments(x, 16, n);
    Quantized found =
        new Gptq(0, Order.GIVEN, Groups.STATIC).quantize(weights, rows, n, moments, INT3).weights();
    Scaling[] scalings =
        Rounder.scalings(INT3, weights, Layout.of(Sharing.ROWS, rows, n), new double[0]);
    assertThat(found.codes()).isEqualTo(reference(weights, rows, n, moments, scalings));
  }

  @Test
  void identityMoments_areRoundToNearest() {
    int n = 64;
    float[] weights = new float[4 * n];
    double[] identity = new double[n * n];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Philox.normal(1, i);
    }
    for (int i = 0; i < n; i++) {
      identity[i * n + i] = 1;
    }
    Quantizer q = Quantizer.of(BlockFormat.MXFP4, ScaleRule.EVEN);
    Quantized found = Gptq.defaults().quantize(weights, 4, n, identity, q).weights();
    assertThat(found.values()).isEqualTo(q.fake(weights, 4, n));
  }

  /// Inputs whose columns resemble their neighbours.
  private static float[] correlated(int rows, int columns) {
    float[] x = new float[rows * columns];
    for (int r = 0; r < rows; r++) {
      float carried = 0;
      for (int c = 0; c < columns; c++) {
        carried = 0.9f * carried + Philox.normal(7, (long) r * columns + c);
        x[r * columns + c] = carried;
      }
    }
    return x;
  }

  @Test
  void correlatedInputs_errorIsWellBelowRoundToNearest_onEveryKindOfGrid() {
    int rows = 16;
    int n = 64;
    float[] weights = new float[rows * n];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Philox.normal(2, i);
    }
    double[] moments = Gptq.moments(correlated(512, n), 512, n);
    for (Quantizer q :
        java.util.List.of(
            Quantizer.of(new Grid.Ints(3), Sharing.ROWS),
            Quantizer.of(new Grid.Ints(4), Sharing.groups(16)).with(Scale.ASYMMETRIC),
            Quantizer.of(Grid.NF4, Sharing.groups(32)),
            Quantizer.of(BlockFormat.MXFP4, ScaleRule.EVEN),
            Quantizer.of(BlockFormat.NVFP4, ScaleRule.FLOOR))) {
      double nearest = Gptq.error(weights, q.fake(weights, rows, n), rows, n, moments);
      for (Order order : Order.values()) {
        Gptq method = new Gptq(0.01, order, Groups.STATIC);
        assertThat(method.quantize(weights, rows, n, moments, q).error())
            .as("%s %s", q, order)
            .isLessThan(0.6 * nearest);
      }
    }
  }

  @Test
  void deadColumn_getsWeightZero_andIsCounted() {
    int n = 4;
    float[] x = correlated(32, n);
    for (int r = 0; r < 32; r++) {
      x[r * n + 2] = 0;
    }
    float[] weights = {1, 2, 3, 4, -4, 3, -2, 1};
    Gptq.Result result =
        Gptq.defaults()
            .quantize(
                weights,
                2,
                n,
                Gptq.moments(x, 32, n),
                Quantizer.of(new Grid.Ints(4), Sharing.ROWS));
    assertThat(result.deadColumns()).isOne();
    assertThat(result.weights().values()[2]).isZero();
    assertThat(result.weights().values()[6]).isZero();
  }

  @Test
  void singularMoments_dampingGrowsAndIsReported() {
    int n = 8;
    float[] x = new float[2 * n];
    java.util.Arrays.fill(x, 1);
    float[] weights = new float[n];
    java.util.Arrays.fill(weights, 0.3f);
    Gptq.Result result =
        new Gptq(0, Order.GIVEN, Groups.STATIC)
            .quantize(weights, 1, n, Gptq.moments(x, 2, n), INT3);
    assertThat(result.damping()).isGreaterThan(0);
    assertThat(result.error()).isLessThan(0.3 * 0.3);
  }

  @Test
  void activationOrderWithDynamicGroups_isRefused() {
    Gptq method = new Gptq(0.01, Order.ACTIVATION, Groups.DYNAMIC);
    Quantizer q = Quantizer.of(new Grid.Ints(4), Sharing.groups(2));
    assertThatThrownBy(() -> method.quantize(new float[4], 1, 4, new double[16], q))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "gptq: groups of columns in activation order need static groups; use Groups.STATIC");
  }

  @Test
  void hadamard_twice_isTheIdentity_andProductsStay() {
    int n = 96;
    float[] x = correlated(5, n);
    float[] w = correlated(3, n);
    Hadamard rotation = Hadamard.widest(n);
    assertThat(rotation.block()).isEqualTo(32);
    float[] rx = rotation.rotate(x, 5, n);
    float[] back = rotation.rotate(rx, 5, n);
    float[] rw = rotation.rotate(w, 3, n);
    for (int i = 0; i < x.length; i++) {
      assertThat(back[i]).isCloseTo(x[i], within(1e-5f));
    }
    for (int r = 0; r < 5; r++) {
      for (int o = 0; o < 3; o++) {
        double plain = 0;
        double turned = 0;
        double size = 0;
        for (int i = 0; i < n; i++) {
          plain += (double) x[r * n + i] * w[o * n + i];
          turned += (double) rx[r * n + i] * rw[o * n + i];
          size += Math.abs((double) x[r * n + i] * w[o * n + i]);
        }
        assertThat(turned).isCloseTo(plain, within(1e-5 * size));
      }
    }
  }

  @Test
  void hadamard_outlier_isSpreadOverItsBlock() {
    float[] x = new float[64];
    x[9] = 8;
    float[] y = new Hadamard(16).rotate(x, 1, 64);
    for (int i = 0; i < 64; i++) {
      assertThat(Math.abs(y[i])).isEqualTo(i < 16 ? 2f : 0f);
    }
  }
}
